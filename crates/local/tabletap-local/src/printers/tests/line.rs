//! What a printer's network board may do wrong.

use super::*;

#[tokio::test]
async fn what_a_network_board_does_wrong_can_be_switched_on_and_the_printer_prints_all_the_same() {
    let rig = Rig::with_speed(0).await;
    let set = |line: Line| {
        rig.set(Condition {
            line,
            ..Condition::default()
        });
    };
    let mut stream = rig.connect().await;
    send(&mut stream, FENCE).await;
    assert_eq!(answer::<1>(&mut stream).await, [0x00]);
    set(Line {
        stray_byte: true,
        ..Line::default()
    });
    send(&mut stream, &ticket(1)).await;
    assert_eq!(answer::<1>(&mut stream).await, [0x00], "nobody has asked");
    set(Line {
        echo: true,
        ..Line::default()
    });
    send(&mut stream, b"\x1b@").await;
    assert_eq!(answer::<2>(&mut stream).await, *b"\x1b@");
    set(Line {
        late_answers: true,
        ..Line::default()
    });
    send(&mut stream, FENCE).await;
    send(&mut stream, b"\x10\x04\x01").await;
    assert_eq!(
        answer::<1>(&mut stream).await,
        [0x12],
        "and no answer in line"
    );
    drop(stream);
    let mut next = rig.connect().await;
    send(&mut next, b"\x10\x04\x01").await;
    assert_eq!(answer::<1>(&mut next).await, [0x12]);
    send(&mut next, &ticket(2)).await;
    assert_eq!(answer::<1>(&mut next).await, [0x00], "the last client's");
    until("both papers", || rig.papers().len() == 2).await;
}
