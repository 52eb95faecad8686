//! One MQTT hop: published through the IoT data plane, received by a client over mutual TLS.

use crate::report::Samples;
use anyhow::{Context, Result};
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS, TlsConfiguration, Transport};
use std::time::{Duration, Instant};
use tabletap_local::{addresses::RunFile, certs::Certs, guard::TOKEN};
use tabletap_tests::Program;

/// A thing that exists for this measurement only.
const THING: &str = "bench:bench:meter";

/// Times `count` messages of a print job's size.
pub(crate) async fn hops(program: &Program, count: usize) -> Result<Samples> {
    let run: RunFile = serde_json::from_slice(&std::fs::read(program.data().join("run.json"))?)?;
    let files = Certs::open(&program.data().join("certs"))?.thing(THING)?;
    let mut options = MqttOptions::new(THING, "localhost", run.addresses.mqtt.port());
    options.set_keep_alive(Duration::from_secs(30));
    options.set_transport(Transport::Tls(TlsConfiguration::Simple {
        ca: std::fs::read(files.ca)?,
        alpn: None,
        client_auth: Some((std::fs::read(files.cert)?, std::fs::read(files.key)?)),
    }));
    let (client, mut events) = AsyncClient::new(options, 100);
    client
        .subscribe(format!("tt/{THING}/down"), QoS::AtLeastOnce)
        .await?;
    let (arrived, mut arrivals) = tokio::sync::mpsc::unbounded_channel();
    let reading = tokio::spawn(async move {
        while let Ok(event) = events.poll().await {
            let news = matches!(
                event,
                Event::Incoming(Packet::SubAck(_) | Packet::Publish(_))
            );
            if news && arrived.send(Instant::now()).is_err() {
                break;
            }
        }
    });
    arrivals
        .recv()
        .await
        .context("the subscription was not acknowledged")?;

    let topic = format!("tt%2F{}%2Fdown", THING.replace(':', "%3A"));
    let address = format!("http://{}/topics/{topic}?qos=1", run.addresses.data_plane);
    let http = reqwest::Client::new();
    let mut samples = Vec::with_capacity(count);
    for _ in 0..count {
        let start = Instant::now();
        let sent = http.post(&address).header(TOKEN, &run.token);
        let sent = sent.body(vec![b'x'; 1_200]).send().await?;
        anyhow::ensure!(
            sent.status().is_success(),
            "the data plane answered {}",
            sent.status()
        );
        let at = arrivals.recv().await.context("the client was cut off")?;
        samples.push(at.duration_since(start));
    }
    reading.abort();
    Ok(Samples::new(samples))
}
