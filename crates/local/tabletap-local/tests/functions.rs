//! Functions behind the Invoke API when too many are called at once.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::{FutureExt, future::join_all};
use serde_json::{Value, json};
use tabletap_local::{
    functions::{Handler, Host, Invoker, RUNNING_MAX},
    template::Template,
};
use tokio::sync::Semaphore;

const CALLS: usize = 300;

#[tokio::test]
async fn of_three_hundred_calls_at_once_so_many_run_and_the_others_wait_for_their_turn() {
    let (running, peak) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let gate = Arc::new(Semaphore::new(0));
    let (counts, held) = ((Arc::clone(&running), Arc::clone(&peak)), Arc::clone(&gate));
    let handler: Handler = Arc::new(move |_, _| {
        let ((running, peak), gate) = (counts.clone(), Arc::clone(&held));
        async move {
            let now = running.fetch_add(1, Ordering::SeqCst) + 1;
            peak.fetch_max(now, Ordering::SeqCst);
            gate.acquire().await.unwrap().forget();
            running.fetch_sub(1, Ordering::SeqCst);
            Ok(json!("done"))
        }
        .boxed()
    });
    let template = Template::read(&[("template.yaml", "Resources: {}")], &|_| None).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let handlers = BTreeMap::from([("slow".to_owned(), handler)]);
    let host = Arc::new(Host::new(handlers, &template, folder.path().to_owned()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let invoker = Invoker::new(format!("http://{}", listener.local_addr().unwrap()));
    tokio::spawn(async move { axum::serve(listener, host.router()).await });

    let calls = join_all((0..CALLS).map(|_| invoker.call("slow", "{}")));
    let release = async {
        for _ in 0..1_000 {
            if running.load(Ordering::SeqCst) >= RUNNING_MAX {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        gate.add_permits(CALLS);
    };
    let (answers, ()) = tokio::join!(calls, release);
    let answers: Vec<Value> = answers.into_iter().map(Result::unwrap).collect();
    assert!(answers.iter().all(|answer| answer == "done"));
    assert_eq!(
        (answers.len(), peak.load(Ordering::SeqCst)),
        (CALLS, RUNNING_MAX)
    );
}
