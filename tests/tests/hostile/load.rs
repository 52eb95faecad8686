//! Clients that stop in the middle, send too much, or are too many.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    process::Command,
    time::Duration,
};

use futures_util::future::join_all;
use reqwest::{Client, StatusCode};
use tabletap_tests::{Program, eventually, eventually_within};

use super::{base, run};

/// A connection that has sent this much and stays open.
fn begun(address: &str, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("the program listens");
    stream.write_all(bytes).expect("it is sent");
    stream.set_nonblocking(true).expect("a socket");
    stream
}

/// Whether the other side has closed it, whatever it said before.
fn is_closed(stream: &mut TcpStream) -> bool {
    let mut bytes = [0; 4096];
    loop {
        match stream.read(&mut bytes) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => return error.kind() != std::io::ErrorKind::WouldBlock,
        }
    }
}

#[tokio::test]
async fn six_hundred_requests_that_never_end_are_gone_after_a_while_and_hold_up_nobody() {
    let program = Program::start().await;
    let run = run(&program);
    let of = |part: &str| base(&run, part).trim_start_matches("http://").to_owned();
    let (edge, stripe, mail) = (of("edge"), of("stripe"), of("mail"));
    let begins: [(&str, &[u8], usize); 5] = [
        (&edge, b"", 100),
        (&edge, b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", 300),
        (&edge, b"POST /v1/orders HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n{\"order_id\":", 100),
        (&stripe, b"POST /pay/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\nchoice=", 50),
        (&mail, b"POST /v2/email/outbound-emails HTTP/1.1\r\nHos", 50),
    ];
    let mut open: Vec<TcpStream> = begins
        .into_iter()
        .flat_map(|(address, bytes, count)| (0..count).map(move |_| begun(address, bytes)))
        .collect();
    assert_eq!(open.len(), 600);
    let order = program.guest("kumo-sushi", 1).await.order(1).await;
    let id = order["order_id"].as_str().expect("an id").to_owned();
    program.await_papers(&id, 1).await;
    eventually_within(
        Duration::from_secs(90),
        "all of them are closed",
        async || {
            open.retain_mut(|stream| !is_closed(stream));
            open.is_empty().then_some(())
        },
    )
    .await;
    assert_eq!(
        program.guest("kumo-sushi", 2).await.menu().await["slug"],
        "kumo-sushi"
    );
}

/// The most memory the program has had at once, in MB.
fn most_memory_mb(program: &Program) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", program.pid())).expect("it runs");
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .expect("a line");
    let kb: u64 = line
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .expect("a number");
    kb / 1024
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_bodies_of_9_mb_at_once_take_turns_in_memory() {
    let program = Program::start().await;
    let guest = program.guest("kumo-sushi", 3).await;
    let before = most_memory_mb(&program);
    let (url, http) = (format!("{}/v1/orders", program.url()), Client::new());
    // One for all of them, or this test would hold what the program must not.
    let body: &'static [u8] = Vec::leak(vec![b' '; 9 * 1024 * 1024]);
    let mut sending = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let request = http.post(&url).body(body);
        sending.spawn(async move { request.send().await.map(|reply| reply.status()) });
    }
    let statuses: Vec<_> = sending
        .join_all()
        .await
        .into_iter()
        .map(|sent| sent.expect("an answer"))
        .collect();
    assert_eq!(statuses, [StatusCode::PAYLOAD_TOO_LARGE; 40]);
    let grown = most_memory_mb(&program).saturating_sub(before);
    assert!(grown < 150, "{grown} MB more for 360 MB that were refused");
    assert_eq!(
        guest
            .send(&guest.quote(guest.cart(1).await).await)
            .await
            .status,
        201
    );
}

#[tokio::test]
async fn an_hour_without_file_descriptors_loses_no_ticket_and_jams_no_printer() {
    let program = Program::start().await;
    let guest = program.guest("kumo-sushi", 5).await;
    let first = guest.order(2).await;
    let id = first["order_id"].as_str().expect("an id").to_owned();
    program.await_papers(&id, 1).await;
    // The phones have read the menu and seen the price already: without descriptors no file is served.
    let mut bodies = Vec::new();
    for _ in 0..3 {
        bodies.push(guest.quote(guest.cart(2).await).await);
    }
    let descriptors = format!("/proc/{}/fd", program.pid());
    let count = || fs::read_dir(&descriptors).expect("it runs").count();
    limit(&program, &format!("{}", count()));
    let mut placed = Vec::new();
    for body in bodies {
        let id = body["order_id"].as_str().expect("an id").to_owned();
        // Whatever it answers meanwhile: the page would send again.
        let _ = guest.try_send_bytes(body.to_string().into_bytes()).await;
        placed.push((id, body));
    }
    limit(&program, "4096");
    for (id, body) in placed {
        eventually(&format!("{id} is placed"), async || {
            let reply = guest
                .try_send_bytes(body.to_string().into_bytes())
                .await
                .ok()?;
            [200, 201].contains(&reply.status).then_some(())
        })
        .await;
        program.await_papers(&id, 1).await;
    }
    for printer in program
        .get("/local/printers")
        .await
        .as_array()
        .expect("a list")
    {
        assert_eq!(printer["state"], "ready", "{printer}");
    }
}

/// Sets how many files the running program may have open.
fn limit(program: &Program, soft: &str) {
    let set = Command::new("prlimit")
        .args([
            "--pid",
            &program.pid().to_string(),
            &format!("--nofile={soft}:"),
        ])
        .status();
    assert!(set.expect("prlimit is there").success());
}

#[tokio::test]
async fn the_program_raises_its_own_limit_of_open_files() {
    let program = Program::start().await;
    let limits = fs::read_to_string(format!("/proc/{}/limits", program.pid())).expect("it runs");
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"))
        .expect("a line");
    let numbers: Vec<u64> = line
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect();
    let [soft, hard] = numbers[..] else {
        panic!("{line}")
    };
    assert_eq!(soft, hard.min(65_536));
}

#[tokio::test]
async fn of_three_hundred_requests_at_once_each_is_answered_or_told_when_to_come_again() {
    let program = Program::start().await;
    let edge = base(&run(&program), "edge");
    let (client, url) = (Client::new(), format!("{edge}/v1/stores/kumo-sushi/pickup"));
    let answers = join_all((0..300).map(|_| client.get(&url).send())).await;
    for answer in answers {
        let answer = answer.expect("an answer");
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::SERVICE_UNAVAILABLE => {
                assert!(answer.headers().contains_key("retry-after"));
            }
            status => panic!("{status}"),
        }
    }
}
