//! Printers through real sockets, as an agent meets them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod keeping;
mod line;

use std::path::PathBuf;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::*;

const FENCE: &[u8] = b"\x1dr\x01";
const CUT: &[u8] = b"\x1dVB\x00";
const PATIENCE: Duration = Duration::from_secs(20);

struct Rig {
    folder: tempfile::TempDir,
    printers: VirtualPrinters,
}

impl Rig {
    async fn with_speed(speed_mm_s: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let printers = Self::switch_on(folder.path().to_owned(), speed_mm_s).await;
        Self { folder, printers }
    }

    async fn switch_on(papers: PathBuf, speed_mm_s: u32) -> VirtualPrinters {
        let printers = vec![PrinterConfig {
            id: "hot-1".to_owned(),
            port: 0,
            speed_mm_s,
        }];
        let modules = "../../../frontend/node_modules/@expo-google-fonts";
        let fonts = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(modules)];
        VirtualPrinters::start(PrintersConfig {
            papers,
            fonts,
            printers,
        })
        .await
        .unwrap()
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.printers.address("hot-1").unwrap())
            .await
            .unwrap()
    }

    fn set(&self, condition: Condition) {
        assert!(self.printers.set_condition("hot-1", condition));
    }

    fn papers(&self) -> Vec<PaperRecord> {
        self.printers.papers("hot-1").unwrap()
    }

    /// Names of the papers' bytes on disk.
    fn on_disk(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.folder.path().join("hot-1")).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.ends_with(".bin")).collect()
    }
}

fn ticket(attempt: u32) -> Vec<u8> {
    let banner = if attempt > 1 {
        "POSSIBLE DUPLICATE\n"
    } else {
        ""
    };
    let code = format!("tkt_{}_hot_1 /{attempt}\n", "0123456789abcdef".repeat(2));
    let dishes = "2x Agedashi tofu\n".repeat(20);
    [
        b"\x1b@",
        format!("{banner}TABLE 7\n{code}{dishes}{banner}").as_bytes(),
        CUT,
    ]
    .concat()
}

async fn send(stream: &mut TcpStream, bytes: &[u8]) {
    stream.write_all(bytes).await.unwrap();
}

async fn answer<const N: usize>(stream: &mut TcpStream) -> [u8; N] {
    let mut bytes = [0; N];
    let read = tokio::time::timeout(PATIENCE, stream.read_exact(&mut bytes)).await;
    read.expect("the printer answers in time").unwrap();
    bytes
}

async fn until(what: &str, mut is_true: impl FnMut() -> bool) {
    let poll = async {
        while !is_true() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(PATIENCE, poll)
        .await
        .unwrap_or_else(|_| panic!("waited for {what}"));
}

#[tokio::test]
async fn status_bytes_say_what_hinders_the_printer() {
    let rig = Rig::with_speed(0).await;
    let mut stream = rig.connect().await;
    let ready = Condition::default();
    for (condition, bytes) in [
        (ready, [0x12, 0x12, 0x12, 0x12]),
        (
            Condition {
                paper: false,
                ..ready
            },
            [0x1a, 0x32, 0x12, 0x7e],
        ),
        (
            Condition {
                cover_open: true,
                ..ready
            },
            [0x1a, 0x16, 0x12, 0x12],
        ),
        (
            Condition {
                cutter_jammed: true,
                ..ready
            },
            [0x1a, 0x52, 0x1a, 0x12],
        ),
        (ready, [0x12, 0x12, 0x12, 0x12]),
    ] {
        rig.set(condition);
        send(
            &mut stream,
            b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04",
        )
        .await;
        assert_eq!(answer::<4>(&mut stream).await, bytes, "{condition:?}");
    }
    assert_eq!(rig.papers(), []);
}

#[tokio::test]
async fn a_fence_is_answered_when_the_paper_is_on_disk() {
    let rig = Rig::with_speed(0).await;
    let mut stream = rig.connect().await;
    send(&mut stream, &[&ticket(1), FENCE].concat()).await;
    assert_eq!(answer::<1>(&mut stream).await, [0x00]);
    assert_eq!(rig.on_disk().len(), 1);
    let [paper] = &rig.papers()[..] else {
        panic!("one paper")
    };
    assert_eq!(
        paper.ticket_id.as_deref(),
        Some("tkt_0123456789abcdef0123456789abcdef_hot_1")
    );
    assert_eq!(
        paper.order_id.as_deref(),
        Some("ord_0123456789abcdef0123456789abcdef")
    );
    assert_eq!((paper.attempt, paper.banner), (Some(1), false));
    assert!(paper.text.starts_with("TABLE 7\n"));
    assert_eq!(
        rig.printers.raw("hot-1", &paper.paper_id).await.unwrap(),
        ticket(1)
    );
}

#[tokio::test]
async fn a_process_id_comes_back_after_the_printing() {
    let rig = Rig::with_speed(0).await;
    let mut stream = rig.connect().await;
    send(
        &mut stream,
        &[&ticket(1)[..], b"\x1d(H\x06\x0000A001"].concat(),
    )
    .await;
    assert_eq!(&answer::<7>(&mut stream).await, b"\x37\x22A001\x00");
    assert_eq!(rig.papers().len(), 1);
}

#[tokio::test]
async fn without_paper_the_ticket_waits_and_comes_out_once_after_reloading() {
    let rig = Rig::with_speed(0).await;
    rig.set(Condition {
        paper: false,
        ..Condition::default()
    });
    let mut stream = rig.connect().await;
    send(&mut stream, &[&ticket(1), FENCE, b"\x10\x04\x04"].concat()).await;
    // The status overtakes the ticket: all of it has arrived, and nothing came out.
    assert_eq!(answer::<1>(&mut stream).await, [0x7e]);
    assert_eq!((rig.papers().len(), rig.on_disk().len()), (0, 0));
    rig.set(Condition::default());
    assert_eq!(answer::<1>(&mut stream).await, [0x00]);
    assert_eq!(rig.papers().len(), 1);
}

#[tokio::test]
async fn power_lost_in_the_middle_leaves_a_torn_paper_and_no_answer() {
    let rig = Rig::with_speed(60).await;
    let address = rig.printers.address("hot-1").unwrap();
    let mut stream = rig.connect().await;
    send(&mut stream, &[&ticket(1), FENCE].concat()).await;
    until("some paper to come out", || {
        rig.printers.strip_mm("hot-1").unwrap() > 20
    })
    .await;
    rig.set(Condition {
        power: false,
        ..Condition::default()
    });
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    assert_eq!(rest, Vec::<u8>::new(), "no answer for what was not printed");
    until_refused(address).await;
    assert_eq!(rig.papers(), []);

    rig.set(Condition::default());
    let mut stream = until_connected(address).await;
    send(&mut stream, &[&[0; 1744], CUT, &ticket(2), FENCE].concat()).await;
    assert_eq!(answer::<1>(&mut stream).await, [0x00]);
    let [torn, copy] = &rig.papers()[..] else {
        panic!("a torn paper and the copy")
    };
    assert!(
        torn.text.starts_with("TABLE 7\n") && torn.text.lines().count() < 22,
        "{}",
        torn.text
    );
    assert_eq!((torn.attempt, torn.banner), (Some(1), false));
    assert_eq!((copy.attempt, copy.banner), (Some(2), true));
    let raw = rig.printers.raw("hot-1", &torn.paper_id).await.unwrap();
    let again = tabletap_paper::Interpreter::default().feed(&raw);
    let [tabletap_paper::Event::Cut(again)] = &again[..] else {
        panic!("one cut")
    };
    assert_eq!(
        again.text(),
        torn.text,
        "the kept bytes read as what was printed"
    );
}

async fn until_refused(address: SocketAddr) {
    let refused = async { while TcpStream::connect(address).await.is_ok() {} };
    tokio::time::timeout(PATIENCE, refused)
        .await
        .expect("connections are refused");
}

async fn until_connected(address: SocketAddr) -> TcpStream {
    let connected = async {
        loop {
            if let Ok(stream) = TcpStream::connect(address).await {
                return stream;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, connected)
        .await
        .expect("the printer listens again")
}

#[tokio::test]
async fn a_copy_after_a_broken_image_is_readable_thanks_to_the_flush() {
    let rig = Rig::with_speed(0).await;
    let mut first = rig.connect().await;
    send(
        &mut first,
        b"\x1b@TABLE 7\n\x1dv0\x00\x48\x00\x18\x00\xff\xff\xff",
    )
    .await;
    drop(first);
    let mut second = rig.connect().await;
    send(&mut second, &[&[0; 1744], CUT, &ticket(2), FENCE].concat()).await;
    assert_eq!(answer::<1>(&mut second).await, [0x00]);
    let [torn, copy] = &rig.papers()[..] else {
        panic!("a torn paper and the copy")
    };
    assert_eq!(torn.text, "TABLE 7\n[picture 576x24]");
    assert_eq!((copy.attempt, copy.banner), (Some(2), true));
}

#[tokio::test]
async fn a_second_client_waits_until_the_first_has_gone() {
    let rig = Rig::with_speed(0).await;
    let mut first = rig.connect().await;
    send(&mut first, b"\x10\x04\x01").await;
    assert_eq!(answer::<1>(&mut first).await, [0x12]);
    let mut second = rig.connect().await;
    send(&mut second, &[&ticket(2), FENCE].concat()).await;
    send(&mut first, &[&ticket(1), FENCE].concat()).await;
    assert_eq!(answer::<1>(&mut first).await, [0x00]);
    assert_eq!(rig.papers().len(), 1);
    drop(first);
    assert_eq!(answer::<1>(&mut second).await, [0x00]);
    let attempts: Vec<_> = rig.papers().iter().map(|paper| paper.attempt).collect();
    assert_eq!(attempts, [Some(1), Some(2)]);
}

#[tokio::test]
async fn papers_survive_a_restart_and_their_ids_go_on() {
    let mut rig = Rig::with_speed(0).await;
    let mut stream = rig.connect().await;
    send(
        &mut stream,
        &[&ticket(1)[..], &ticket(2), b"HANGING\n", FENCE].concat(),
    )
    .await;
    answer::<1>(&mut stream).await;
    let before = rig.papers();
    let record = rig
        .folder
        .path()
        .join("hot-1")
        .join(format!("{}.json", before[0].paper_id));
    std::fs::remove_file(record).unwrap();

    rig.printers = Rig::switch_on(rig.folder.path().to_owned(), 0).await;
    assert_eq!(
        rig.papers(),
        before,
        "a lost record is made again from the bytes"
    );
    let mut stream = rig.connect().await;
    send(&mut stream, &[&ticket(3), FENCE].concat()).await;
    answer::<1>(&mut stream).await;
    let after = rig.papers();
    assert_eq!(after.len(), 3);
    assert!(after.is_sorted_by(|a, b| a.paper_id < b.paper_id));
    assert!(
        after[2].text.starts_with("HANGING\n"),
        "what hung in the printer is still there"
    );
}

#[tokio::test]
async fn a_paper_can_be_looked_at_and_a_stranger_cannot_be_read() {
    let rig = Rig::with_speed(0).await;
    let mut changes = rig.printers.changes();
    let mut stream = rig.connect().await;
    send(&mut stream, &ticket(1)).await;
    tokio::time::timeout(PATIENCE, changes.changed())
        .await
        .expect("a change")
        .unwrap();
    let paper = rig.papers().remove(0);
    let png = rig.printers.png("hot-1", &paper.paper_id).await.unwrap();
    assert!(png.starts_with(b"\x89PNG"));
    assert_eq!(
        rig.printers.png("hot-1", &paper.paper_id).await.unwrap(),
        png
    );
    for id in ["../hot-1/strip", "", "0000000000000-000001"] {
        let problem = rig.printers.raw("hot-1", id).await.unwrap_err();
        assert!(matches!(problem, PaperError::NotFound), "{id}: {problem}");
    }
}

#[test]
fn a_switch_that_no_printer_has_is_refused_and_not_overlooked() {
    let read = serde_json::from_str::<Condition>;
    assert!(!read(r#"{"paper": false}"#).unwrap().paper);
    let refused = read(r#"{"paper": false, "papr": true}"#).unwrap_err();
    assert!(refused.to_string().contains("papr"), "{refused}");
}
