//! Who gets in, and what they may do: every refusal ends the connection and has no other effect.

use rumqttc::LastWill;
use tokio::net::TcpStream;

use super::*;

#[tokio::test]
async fn a_client_without_a_certificate_is_refused() {
    let world = World::start().await;
    let files = world.certs.thing(KITCHEN).unwrap();
    let mut nobody = Agent::connect(world.options_with(KITCHEN, client_config(&files.ca, None)));
    assert_eq!(nobody.next().await, Seen::Gone);
    assert_eq!(world.broker.snapshot().things, []);
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_refused() {
    let world = World::start().await;
    let other = Certs::open(&world.folder.path().join("other"))
        .unwrap()
        .thing(KITCHEN)
        .unwrap();
    let ours = world.certs.thing(KITCHEN).unwrap();
    let mut foreigner =
        Agent::connect(world.options_with(KITCHEN, client_config(&ours.ca, Some(&other))));
    assert_eq!(foreigner.next().await, Seen::Gone);
    assert_eq!(world.broker.snapshot().things, []);
}

#[tokio::test]
async fn a_thing_cannot_connect_as_another_nor_end_its_connection() {
    let world = World::start().await;
    let mut kitchen = world.agent(KITCHEN).await;
    let bar = world.certs.thing(BAR).unwrap();
    let mut thief = Agent::connect(world.options_with(KITCHEN, client_config(&bar.ca, Some(&bar))));
    assert_eq!(thief.next().await, Seen::Gone);
    world.send_job(KITCHEN, "job").await;
    kitchen.expect_message(KITCHEN, "job").await;
}

#[tokio::test]
async fn a_foreign_topic_ends_the_connection_and_reaches_nobody() {
    let mut world = World::start().await;
    let mut bar = world.agent(BAR).await;
    let own = |end: &str| format!("tt/{KITCHEN}/{end}");
    let foreign = |end: &str| format!("tt/{BAR}/{end}");
    for filter in [
        foreign("down"),
        own("up"),
        own("state"),
        own("#"),
        "tt/+/down".into(),
        "#".into(),
    ] {
        let mut kitchen = Agent::connect(world.options(KITCHEN));
        assert!(matches!(kitchen.next().await, Seen::Connected { .. }));
        kitchen
            .client
            .subscribe(&filter, QoS::AtLeastOnce)
            .await
            .unwrap();
        assert_eq!(kitchen.next().await, Seen::Gone, "subscribe {filter}");
    }
    let publishes = [
        (foreign("down"), QoS::AtLeastOnce, false),
        (foreign("up"), QoS::AtLeastOnce, false),
        (own("down"), QoS::AtLeastOnce, false),
        (own("up"), QoS::AtLeastOnce, true),
        (own("up"), QoS::ExactlyOnce, false),
        (own("other"), QoS::AtMostOnce, false),
    ];
    for (topic, qos, retain) in publishes {
        let mut kitchen = Agent::connect(world.options(KITCHEN));
        assert!(matches!(kitchen.next().await, Seen::Connected { .. }));
        kitchen
            .client
            .publish(&topic, qos, retain, r#"{"forged": true}"#)
            .await
            .unwrap();
        assert_eq!(
            kitchen.next().await,
            Seen::Gone,
            "publish {topic} {qos:?} {retain}"
        );
    }
    // The first thing anybody sees of all this is an honest report and an honest job.
    bar.client
        .publish(
            foreign("up"),
            QoS::AtLeastOnce,
            false,
            r#"{"honest": true}"#,
        )
        .await
        .unwrap();
    assert_eq!(world.next_event().await.1["honest"], true);
    assert_eq!(bar.next().await, Seen::Acknowledged);
    world.send_job(BAR, "job").await;
    bar.expect_message(BAR, "job").await;
}

#[tokio::test]
async fn a_will_on_a_foreign_topic_is_refused_before_it_is_set() {
    let world = World::start().await;
    for (topic, retain) in [
        (format!("tt/{BAR}/state"), true),
        (format!("tt/{KITCHEN}/up"), true),
    ] {
        let mut options = world.options(KITCHEN);
        options.set_last_will(LastWill::new(topic, "{}", QoS::AtLeastOnce, retain));
        let mut kitchen = Agent::connect(options);
        assert_eq!(kitchen.next().await, Seen::Gone);
    }
    assert_eq!(world.broker.snapshot().counts["rule_events"], 0);
}

#[tokio::test]
async fn a_packet_that_is_too_large_ends_the_connection() {
    let world = World::start().await;
    let mut kitchen = Agent::connect(world.options(KITCHEN));
    assert!(matches!(kitchen.next().await, Seen::Connected { .. }));
    let topic = format!("tt/{KITCHEN}/up");
    kitchen
        .client
        .publish(topic, QoS::AtLeastOnce, false, vec![b' '; 200 * 1024])
        .await
        .unwrap();
    assert_eq!(kitchen.next().await, Seen::Gone);
    assert_eq!(world.broker.snapshot().counts["received"], 0);
}

#[tokio::test]
async fn silent_sockets_hold_up_nobody() {
    let world = World::start().await;
    let mut silent = Vec::new();
    for _ in 0..50 {
        silent.push(
            TcpStream::connect(world.broker.mqtt_address())
                .await
                .unwrap(),
        );
    }
    let mut kitchen = world.agent(KITCHEN).await;
    world.send_job(KITCHEN, "job").await;
    kitchen.expect_message(KITCHEN, "job").await;
}
