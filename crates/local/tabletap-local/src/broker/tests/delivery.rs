//! What gets through: jobs down, reports up, sessions that wait, and a broker that goes away.

use std::time::Instant;

use rumqttc::LastWill;

use super::*;

#[tokio::test]
async fn a_report_invokes_the_rules_function_with_the_things_own_name() {
    let mut world = World::start().await;
    let kitchen = world.agent(KITCHEN).await;
    let forged = format!(r#"{{"kind": "printed", "thing": "{BAR}"}}"#);
    kitchen
        .client
        .publish(format!("tt/{KITCHEN}/up"), QoS::AtLeastOnce, false, forged)
        .await
        .unwrap();
    let (function, event) = world.next_event().await;
    assert_eq!(function, "printer-events");
    assert_eq!(
        event,
        serde_json::json!({"kind": "printed", "thing": KITCHEN})
    );
}

#[tokio::test]
async fn reports_arrive_in_order() {
    let mut world = World::start().await;
    let kitchen = world.agent(KITCHEN).await;
    for n in 0..100 {
        let report = format!(r#"{{"n": {n}}}"#);
        kitchen
            .client
            .publish(format!("tt/{KITCHEN}/up"), QoS::AtLeastOnce, false, report)
            .await
            .unwrap();
    }
    for n in 0..100 {
        assert_eq!(world.next_event().await.1["n"], n);
    }
}

#[tokio::test]
async fn reports_wait_for_functions_that_are_away_and_keep_their_order() {
    let mut world = World::start().await;
    world.refusals.store(1, SeqCst);
    let kitchen = world.agent(KITCHEN).await;
    for n in 0..3 {
        let report = format!(r#"{{"n": {n}}}"#);
        let topic = format!("tt/{KITCHEN}/up");
        let sent = kitchen
            .client
            .publish(topic, QoS::AtLeastOnce, false, report);
        sent.await.unwrap();
    }
    for n in 0..3 {
        assert_eq!(world.next_event().await.1["n"], n);
    }
    assert_eq!(world.refusals.load(SeqCst), 0);
}

#[tokio::test]
async fn a_report_that_is_no_json_is_kept_with_its_reason_and_stops_nothing() {
    let mut world = World::start().await;
    let kitchen = world.agent(KITCHEN).await;
    for report in ["\u{1b}@ no json", r#"{"n": 1}"#] {
        kitchen
            .client
            .publish(format!("tt/{KITCHEN}/up"), QoS::AtLeastOnce, false, report)
            .await
            .unwrap();
    }
    assert_eq!(world.next_event().await.1["n"], 1);
    let letters =
        std::fs::read_to_string(world.folder.path().join("printer-events.jsonl")).unwrap();
    let letter: Value = serde_json::from_str(letters.lines().next().unwrap()).unwrap();
    assert_eq!(letter["topic"], format!("tt/{KITCHEN}/up"));
    assert!(letter["reason"].as_str().unwrap().contains("no JSON"));
    assert_eq!(letters.lines().count(), 1);
}

#[tokio::test]
async fn a_thing_that_dies_leaves_its_will_and_one_that_says_farewell_does_not() {
    let mut world = World::start().await;
    for dies in [false, true] {
        let mut options = world.options(KITCHEN);
        let will = format!(r#"{{"dies": {dies}}}"#);
        options.set_last_will(LastWill::new(
            format!("tt/{KITCHEN}/state"),
            will,
            QoS::AtLeastOnce,
            true,
        ));
        let mut kitchen = Agent::connect(options);
        assert!(matches!(kitchen.next().await, Seen::Connected { .. }));
        if dies {
            kitchen.die().await;
        } else {
            kitchen.client.disconnect().await.unwrap();
        }
        world.until_connected(&[]).await;
    }
    let (_, event) = world.next_event().await;
    assert_eq!(event, serde_json::json!({"dies": true, "thing": KITCHEN}));
    world.invoked.try_recv().unwrap_err();
}

#[tokio::test]
async fn jobs_wait_for_an_absent_agent_and_come_in_order() {
    let world = World::start().await;
    let kitchen = world.agent(KITCHEN).await;
    kitchen.die().await;
    world.until_connected(&[]).await;
    for n in 0..150 {
        world.send_job(KITCHEN, &n.to_string()).await;
    }
    let mut kitchen = Agent::connect(world.options(KITCHEN));
    assert_eq!(
        kitchen.next().await,
        Seen::Connected {
            session_present: true
        }
    );
    for n in 0..150 {
        kitchen.expect_message(KITCHEN, &n.to_string()).await;
    }
}

#[tokio::test]
async fn a_job_that_was_not_acknowledged_comes_again() {
    let world = World::start().await;
    world.agent(KITCHEN).await.die().await;
    let mut options = world.options(KITCHEN);
    options.set_manual_acks(true);
    let mut kitchen = Agent::connect(options);
    assert_eq!(
        kitchen.next().await,
        Seen::Connected {
            session_present: true
        }
    );
    world.send_job(KITCHEN, "job").await;
    kitchen.expect_message(KITCHEN, "job").await;
    kitchen.die().await;
    let mut kitchen = Agent::connect(world.options(KITCHEN));
    assert_eq!(
        kitchen.next().await,
        Seen::Connected {
            session_present: true
        }
    );
    kitchen.expect_message(KITCHEN, "job").await;
}

#[tokio::test]
async fn acknowledgements_may_come_in_any_order() {
    let world = World::start().await;
    world.agent(KITCHEN).await.die().await;
    let mut options = world.options(KITCHEN);
    options.set_manual_acks(true);
    let (client, mut events) = AsyncClient::new(options, 10);
    world.send_job(KITCHEN, "first").await;
    world.send_job(KITCHEN, "second").await;
    let mut jobs = Vec::new();
    while jobs.len() < 2 {
        if let Event::Incoming(Packet::Publish(job)) = events.poll().await.unwrap() {
            jobs.push(job);
        }
    }
    client.ack(&jobs[1]).await.unwrap();
    client.ack(&jobs[0]).await.unwrap();
    world.send_job(KITCHEN, "third").await;
    loop {
        if let Event::Incoming(Packet::Publish(job)) = events.poll().await.unwrap() {
            assert_eq!(job.payload, "third");
            break;
        }
    }
}

#[tokio::test]
async fn a_second_connection_ends_the_first_and_keeps_the_session() {
    let world = World::start().await;
    let mut first = world.agent(KITCHEN).await;
    let mut second = Agent::connect(world.options(KITCHEN));
    assert_eq!(
        second.next().await,
        Seen::Connected {
            session_present: true
        }
    );
    assert_eq!(first.next().await, Seen::Gone);
    world.send_job(KITCHEN, "job").await;
    second.expect_message(KITCHEN, "job").await;
    world.until_connected(&[KITCHEN]).await;
}

#[tokio::test]
async fn a_paused_broker_plays_dead_and_loses_no_session() {
    let world = World::start().await;
    let mut kitchen = world.agent(KITCHEN).await;
    world.broker.pause(Duration::from_secs(3600));
    assert_eq!(kitchen.next().await, Seen::Gone);
    assert_eq!(
        Agent::connect(world.options(KITCHEN)).next().await,
        Seen::Gone
    );
    let job = world
        .sdk()
        .publish()
        .topic(format!("tt/{KITCHEN}/down"))
        .qos(1)
        .send()
        .await;
    let error = job.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 503);
    world.broker.pause(Duration::ZERO);
    world.send_job(KITCHEN, "after").await;
    let mut kitchen = Agent::connect(world.options(KITCHEN));
    assert_eq!(
        kitchen.next().await,
        Seen::Connected {
            session_present: true
        }
    );
    kitchen.expect_message(KITCHEN, "after").await;
}

#[tokio::test]
async fn the_data_plane_refuses_as_the_service_does_and_publishes_nothing() {
    let world = World::start().await;
    let mut kitchen = world.agent(KITCHEN).await;
    let topic = format!("tt/{KITCHEN}/down");
    let publish = |topic: &str| world.sdk().publish().topic(topic).qos(1);
    for (request, refusal) in [
        (publish("tt/+/down"), "InvalidRequestException"),
        (publish("a/b/c/d/e/f/g/h/i"), "InvalidRequestException"),
        (publish(&"x".repeat(257)), "InvalidRequestException"),
        (publish("$aws/x"), "InvalidRequestException"),
        (publish(&topic).qos(2), "InvalidRequestException"),
        (
            publish(&topic).payload(vec![b' '; 128 * 1024 + 1].into()),
            "RequestEntityTooLargeException",
        ),
    ] {
        let error = request.send().await.unwrap_err();
        assert!(format!("{error:?}").contains(refusal), "{error:?}");
    }
    let largest = "x".repeat(128 * 1024);
    world.send_job(KITCHEN, &largest).await;
    kitchen.expect_message(KITCHEN, &largest).await;
}

#[tokio::test]
async fn the_state_is_there_for_other_processes_too() {
    let world = World::start().await;
    let _kitchen = world.agent(KITCHEN).await;
    let url = format!("{}/local/broker", world.broker.data_plane_url());
    let http = crate::http::client_with(TOKEN);
    let snapshot = http.get(url).send().await.unwrap();
    let snapshot: Snapshot = snapshot.json().await.unwrap();
    assert_eq!(snapshot, world.broker.snapshot());
    assert_eq!(snapshot.things[0].thing, KITCHEN);
    assert!(!snapshot.paused);
}

/// No timer and no delayed acknowledgement on the way of a job: either would show as 10 to 40 ms.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_takes_no_longer_than_its_hops() {
    let world = World::start().await;
    let mut kitchen = world.agent(KITCHEN).await;
    let (http, url) = (
        crate::http::client_with(TOKEN),
        world.broker.data_plane_url(),
    );
    let url = format!("{url}/topics/tt%2F{KITCHEN}%2Fdown?qos=1");
    let mut times = Vec::new();
    for n in 0..200 {
        let (job, started) = (n.to_string(), Instant::now());
        let answer = http.post(&url).body(job.clone()).send();
        let (answer, ()) = tokio::join!(answer, kitchen.expect_message(KITCHEN, &job));
        times.push(started.elapsed());
        assert_eq!(answer.unwrap().status(), StatusCode::OK);
    }
    times.sort();
    eprintln!(
        "publish to agent: p50 {:?}, p99 {:?}",
        times[100], times[198]
    );
    assert!(
        times[100] < Duration::from_millis(10),
        "p50 {:?}",
        times[100]
    );
}
