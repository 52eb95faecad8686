//! A disk that takes no paper for a while, and bytes that are none of a printer's.

use super::*;

#[tokio::test]
async fn a_paper_that_cannot_be_kept_is_kept_later_and_no_fence_is_answered_before() {
    let rig = Rig::with_speed(0).await;
    let mut stream = rig.connect().await;
    let (folder, away) = (
        rig.folder.path().join("hot-1"),
        rig.folder.path().join("away"),
    );
    std::fs::rename(&folder, &away).unwrap();
    send(&mut stream, &[&ticket(1), FENCE].concat()).await;
    until("the printer says that it has a fault", || {
        rig.printers.is_out_of_order("hot-1")
    })
    .await;
    send(&mut stream, b"\x10\x04\x03").await;
    assert_eq!(
        answer::<1>(&mut stream).await,
        [0x1a],
        "its status, and no fence"
    );
    assert_eq!(rig.papers(), []);

    std::fs::rename(&away, &folder).unwrap();
    assert_eq!(answer::<1>(&mut stream).await, [0x00], "the fence");
    assert_eq!((rig.papers().len(), rig.on_disk().len()), (1, 1), "once");
    assert!(!rig.printers.is_out_of_order("hot-1"));
    send(&mut stream, &[&ticket(2), FENCE].concat()).await;
    assert_eq!(answer::<1>(&mut stream).await, [0x00]);
    assert_eq!(rig.papers().len(), 2, "and it goes on");
}

#[tokio::test]
async fn a_strip_that_cannot_be_kept_holds_its_fence_back() {
    let rig = Rig::with_speed(0).await;
    let mut stream = rig.connect().await;
    let (folder, away) = (
        rig.folder.path().join("hot-1"),
        rig.folder.path().join("away"),
    );
    std::fs::rename(&folder, &away).unwrap();
    send(&mut stream, &[b"Half a ticket\n", FENCE].concat()).await;
    until("the printer says that it has a fault", || {
        rig.printers.is_out_of_order("hot-1")
    })
    .await;
    std::fs::rename(&away, &folder).unwrap();
    assert_eq!(answer::<1>(&mut stream).await, [0x00]);
    assert!(folder.join("strip").is_file());
    assert_eq!(rig.papers(), [], "it is not cut off yet");
}

#[tokio::test]
async fn a_form_that_a_browser_sends_to_a_printer_is_not_printed() {
    let rig = Rig::with_speed(0).await;
    let mut browser = rig.connect().await;
    let form =
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 14\r\n\r\nVOID TABLE 7\n\x1dVB\0";
    send(&mut browser, form).await;
    let mut rest = Vec::new();
    // Closed, or reset because nobody read the rest.
    let _ = browser.read_to_end(&mut rest).await;
    assert_eq!(rest, b"");
    let mut agent = rig.connect().await;
    send(&mut agent, &[&ticket(1), FENCE].concat()).await;
    assert_eq!(answer::<1>(&mut agent).await, [0x00]);
    let [paper] = &rig.papers()[..] else {
        panic!("the agent's paper only")
    };
    assert!(!paper.text.contains("VOID"), "{}", paper.text);
}

#[tokio::test]
async fn no_request_of_a_browser_is_printed_and_a_ticket_may_speak_of_one() {
    let rig = Rig::with_speed(0).await;
    for method in ["GET", "POST", "PUT", "HEAD", "DELETE", "PATCH", "OPTIONS"] {
        let mut browser = rig.connect().await;
        let request = format!("{method} /VOID HTTP/1.1\r\n\r\n\x1dVB\0");
        send(&mut browser, request.as_bytes()).await;
        let mut rest = Vec::new();
        let _ = browser.read_to_end(&mut rest).await;
        assert_eq!(rest, b"", "{method}");
    }
    let mut agent = rig.connect().await;
    send(&mut agent, FENCE).await;
    assert_eq!(answer::<1>(&mut agent).await, [0x00]);
    assert_eq!(rig.papers(), [], "no request came out");
    send(&mut agent, &[b"POST of the terrace\n", CUT, FENCE].concat()).await;
    assert_eq!(answer::<1>(&mut agent).await, [0x00]);
    assert!(rig.papers()[0].text.contains("POST of the terrace"));
}
