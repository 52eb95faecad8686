//! Checks that a printer is reachable, answers, is ready, and answers the configured fence. Status queries print nothing.

use tokio::time::Instant;

use super::{Problem, problem};
use crate::{
    config::{Fence, Printer, Timing},
    printer::{Answer, Condition, FENCE_QUERY, PrinterConnection, PrinterError},
};

const FIX_REACH: &str = "check that it is on, that its address is right, and that no other program is using it (a running agent does)";

pub(super) async fn check(
    printer: &Printer,
    timing: Timing,
    is_running: bool,
) -> Result<String, Problem> {
    let mut connection = PrinterConnection::open(&printer.address, timing.answer_timeout)
        .await
        .map_err(|error| problem(error.to_string(), FIX_REACH))?;
    let queried = connection.query_status().await;
    if is_running && matches!(queried, Err(PrinterError::NoAnswer)) {
        return Ok(
            "it accepts connections; the running agent is using it, so it was not tested"
                .to_owned(),
        );
    }
    let (condition, _) = queried.map_err(|error| match error {
        PrinterError::NoAnswer => problem(
            "it accepts the connection but does not answer status requests",
            "another program may be using it; otherwise its network board does not answer, and it cannot be used yet",
        ),
        PrinterError::Io(_) => problem(error.to_string(), FIX_REACH),
    })?;
    match condition {
        Condition::Ready | Condition::PaperLow => {}
        Condition::PaperOut => return Err(problem("it is out of paper", "put in a roll")),
        Condition::CoverOpen => return Err(problem("its cover is open", "close it")),
        Condition::Error | Condition::Offline => {
            return Err(problem(
                format!("it says: {condition}"),
                "check its lights and its cutter",
            ));
        }
    }
    let answers_fence = match connection.write(&FENCE_QUERY).await {
        Ok(()) => {
            let answer = connection
                .next_answer(Instant::now() + timing.answer_timeout)
                .await;
            matches!(answer, Ok(Some(Answer::Fence(_))))
        }
        Err(_) => false,
    };
    match (printer.fence, answers_fence) {
        (Fence::Gsr, false) => Err(problem(
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
