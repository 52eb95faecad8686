//! The broker: name, port, TLS, and whether it lets this agent connect and subscribe. Nothing is published, and jobs that wait
//! are not acknowledged, so they stay.

use std::{io, sync::Arc, time::Duration};

use rumqttc::{AsyncClient, ConnectionError, Event, EventLoop, Packet, QoS, SubscribeReasonCode};
use tabletap_wire::topic;
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, pki_types::ServerName},
};

use super::{Trouble, trouble};
use crate::{
    config::Config,
    mqtt::{client_config, options},
};

const WITHIN: Duration = Duration::from_secs(5);
const NAME: &str = "correct `endpoint`, or check this machine's network";
const OPEN: &str = "check that the broker is running and that no firewall blocks it";
const TRUST: &str = "check that `ca` signed the broker's certificate, and that the agent's certificate is active there";
const POLICY: &str =
    "check that the agent's policy lets it connect under its own name and subscribe to its topic";

pub(super) async fn check(config: &Config, is_running: bool) -> Result<String, Trouble> {
    let tls = client_config(config).map_err(|_| {
        trouble(
            "not tested without a certificate",
            "fix the certificate first",
        )
    })?;
    let address = (config.endpoint.host.as_str(), config.endpoint.port);
    let found = lookup_host(address).await.map(|mut found| found.next());
    let Ok(Some(socket)) = found else {
        return Err(trouble(
            format!("the host name {} was not found", config.endpoint.host),
            NAME,
        ));
    };
    let stream = timeout(WITHIN, TcpStream::connect(socket))
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        .map_err(|error| trouble(format!("no connection: {error}"), OPEN))?;
    shake_hands(config, &tls, stream).await?;
    if is_running {
        return Ok("answers over TLS; the session is the running agent's".to_owned());
    }
    let (client, event_loop) = AsyncClient::new(options(config, tls), 8);
    timeout(WITHIN, subscribe(config, &client, event_loop))
        .await
        .unwrap_or_else(|_| Err(trouble("the broker does not answer MQTT", OPEN)))
}

async fn shake_hands(
    config: &Config,
    tls: &Arc<ClientConfig>,
    stream: TcpStream,
) -> Result<(), Trouble> {
    let name = ServerName::try_from(config.endpoint.host.clone())
        .map_err(|_| trouble("the endpoint is not a valid server name", NAME))?;
    let connecting = TlsConnector::from(Arc::clone(tls)).connect(name, stream);
    timeout(WITHIN, connecting)
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        .map(drop)
        .map_err(|error| trouble(format!("TLS failed: {error}"), TRUST))
}

async fn subscribe(
    config: &Config,
    client: &AsyncClient,
    mut event_loop: EventLoop,
) -> Result<String, Trouble> {
    loop {
        match event_loop.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => client
                .try_subscribe(topic::down(&config.thing), QoS::AtLeastOnce)
                .map_err(|error| trouble(error.to_string(), POLICY))?,
            Ok(Event::Incoming(Packet::SubAck(ack))) => {
                if ack.return_codes.contains(&SubscribeReasonCode::Failure) {
                    return Err(trouble("the broker refuses the subscription", POLICY));
                }
                // A polite end; the broker notices a rude one as well.
                let _ = client.try_disconnect();
                let _ = timeout(Duration::from_millis(200), event_loop.poll()).await;
                return Ok("connects and subscribes".to_owned());
            }
            Ok(_) => {}
            // In TLS 1.3 a broker refuses a certificate only after the handshake seems done.
            Err(
                ConnectionError::Io(error)
                | ConnectionError::MqttState(rumqttc::StateError::Io(error)),
            ) => {
                return Err(trouble(
                    format!("the broker ends the connection: {error}"),
                    TRUST,
                ));
            }
            Err(error) => return Err(trouble(error.to_string(), POLICY)),
        }
    }
}
