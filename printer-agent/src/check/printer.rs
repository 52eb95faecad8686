//! A printer: reachable, answering, ready, and whether it answers the configured fence. Status questions print nothing.

use tokio::time::Instant;

use super::{Trouble, trouble};
use crate::{
    config::{Fence, Printer, Timing},
    printer::{ASK_FENCE, Condition, Heard, Link, LinkError},
};

const REACH: &str = "check that it is on, that its address is right, and that no other program is using it (a running agent does)";

pub(super) async fn check(
    printer: &Printer,
    timing: Timing,
    is_running: bool,
) -> Result<String, Trouble> {
    let mut link = Link::open(&printer.address, timing.answer)
        .await
        .map_err(|error| trouble(error.to_string(), REACH))?;
    let asked = link.ask().await;
    if is_running && matches!(asked, Err(LinkError::Mute)) {
        return Ok(
            "it accepts connections; the running agent is using it, so it was not tested"
                .to_owned(),
        );
    }
    let (condition, _) = asked.map_err(|error| match error {
        LinkError::Mute => trouble(
            "it accepts the connection but does not answer status requests",
            "another program may be using it; otherwise its network board does not answer, and it cannot be used yet",
        ),
        LinkError::Io(_) => trouble(error.to_string(), REACH),
    })?;
    match condition {
        Condition::Ready | Condition::PaperLow => {}
        Condition::PaperOut => return Err(trouble("it is out of paper", "put in a roll")),
        Condition::CoverOpen => return Err(trouble("its cover is open", "close it")),
        Condition::Error | Condition::Offline => {
            return Err(trouble(
                format!("it says: {condition}"),
                "check its lights and its cutter",
            ));
        }
    }
    let answers_fence = match link.write(&ASK_FENCE).await {
        Ok(()) => {
            let answer = link.heard_by(Instant::now() + timing.answer).await;
            matches!(answer, Ok(Some(Heard::Fence(_))))
        }
        Err(_) => false,
    };
    match (printer.fence, answers_fence) {
        (Fence::Gsr, false) => Err(trouble(
            "it does not answer `GS r 1`, so it cannot confirm tickets",
            "set `fence = \"none\"` for it",
        )),
        (Fence::None, true) => Ok(format!(
            "{condition}; it answers `GS r 1`: set `fence = \"gsr\"` to confirm its tickets"
        )),
        (Fence::Gsr, true) => Ok(format!("{condition}, and it confirms its tickets")),
        (Fence::None, false) => Ok(format!("{condition}; it cannot confirm tickets")),
    }
}
