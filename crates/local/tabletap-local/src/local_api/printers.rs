//! The API of the part `printers`: papers as text, picture and bytes, and the switches of a printer.
//!
//! The edge forwards `/local/printers…` to it unchanged, adding what only it knows.

use std::sync::{Arc, PoisonError, RwLock};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Map, Value, json};

use crate::{
    addresses::VirtualPrinter,
    printers::{Condition, PaperError, PrinterConfig, VirtualPrinters},
    replies::refuse,
};

#[derive(Debug)]
struct Printers {
    machines: VirtualPrinters,
    known: RwLock<Vec<VirtualPrinter>>,
    speed_mm_s: u32,
}

/// The routes of `machines`, which stand where `known` says.
pub fn router(machines: VirtualPrinters, known: Vec<VirtualPrinter>, speed_mm_s: u32) -> Router {
    let printers = Printers {
        machines,
        known: RwLock::new(known),
        speed_mm_s,
    };
    Router::new()
        .route("/local/printers", get(list).post(add))
        .route("/local/printers/{id}/papers", get(papers))
        .route("/local/printers/{id}/papers/{file}", get(paper))
        .route("/local/printers/{id}/faults", post(faults))
        .with_state(Arc::new(printers))
}

/// One word for what hinders a printer.
fn word(condition: Condition) -> &'static str {
    match condition {
        Condition { power: false, .. } => "off",
        Condition {
            cover_open: true, ..
        } => "cover_open",
        Condition { paper: false, .. } => "paper_out",
        Condition {
            cutter_jammed: true,
            ..
        } => "error",
        _ => "ready",
    }
}

async fn list(State(printers): State<Arc<Printers>>) -> Json<Vec<Value>> {
    let line = |printer: &VirtualPrinter| {
        let id = printer.id.as_str();
        let condition = printers.machines.condition(id).unwrap_or_default();
        json!({
            "id": id,
            "store": printer.store,
            "printer": printer.printer,
            "station": printer.station,
            "station_name": printer.station_name,
            "agent": printer.agent,
            "address": printers.machines.address(id).unwrap_or(printer.address).to_string(),
            "state": match printers.machines.is_out_of_order(id) {
                true => "error",
                false => word(condition),
            },
            "condition": condition,
            "papers": printers.machines.papers(id).map_or(0, |papers| papers.len()),
        })
    };
    let known = printers.known.read();
    let known = known.unwrap_or_else(PoisonError::into_inner);
    Json(known.iter().map(line).collect())
}

/// A printer of a store that was set up while the program runs.
async fn add(
    State(printers): State<Arc<Printers>>,
    Json(printer): Json<VirtualPrinter>,
) -> Response {
    let config = PrinterConfig {
        id: printer.id.clone(),
        port: printer.address.port(),
        speed_mm_s: printers.speed_mm_s,
    };
    if let Err(problem) = printers.machines.add(config).await {
        return refuse(StatusCode::CONFLICT, "not_started", &problem.to_string());
    }
    let known = printers.known.write();
    let mut known = known.unwrap_or_else(PoisonError::into_inner);
    known.retain(|one| one.id != printer.id);
    known.push(printer);
    StatusCode::NO_CONTENT.into_response()
}

fn missing() -> Response {
    refuse(
        StatusCode::NOT_FOUND,
        "not_found",
        "There is no such printer or paper.",
    )
}

async fn papers(State(printers): State<Arc<Printers>>, Path(id): Path<String>) -> Response {
    match printers.machines.papers(&id) {
        Some(papers) => Json(papers).into_response(),
        None => missing(),
    }
}

async fn paper(
    State(printers): State<Arc<Printers>>,
    Path((id, file)): Path<(String, String)>,
) -> Response {
    let (bytes, kind) = match file.rsplit_once('.') {
        Some((paper, "png")) => (printers.machines.png(&id, paper).await, "image/png"),
        Some((paper, "bin")) => (
            printers.machines.raw(&id, paper).await,
            "application/octet-stream",
        ),
        _ => return missing(),
    };
    match bytes {
        // A paper never changes once it is cut off.
        Ok(bytes) => {
            let cached = "private, max-age=31536000, immutable";
            (
                [
                    (header::CONTENT_TYPE, kind),
                    (header::CACHE_CONTROL, cached),
                ],
                bytes,
            )
                .into_response()
        }
        Err(error) => refused(&error),
    }
}

fn refused(error: &PaperError) -> Response {
    tracing::warn!(%error, "a paper cannot be shown");
    missing()
}

/// Changes the named switches and leaves the others as they are.
async fn faults(
    State(printers): State<Arc<Printers>>,
    Path(id): Path<String>,
    Json(change): Json<Map<String, Value>>,
) -> Response {
    let Some(condition) = printers.machines.condition(&id) else {
        return missing();
    };
    let mut merged = json!(condition);
    for (name, value) in change {
        merged[name] = value;
    }
    match serde_json::from_value(merged) {
        Ok(condition) if printers.machines.set_condition(&id, condition) => {
            Json(condition).into_response()
        }
        Ok(_) => missing(),
        Err(error) => refuse(StatusCode::BAD_REQUEST, "bad_request", &error.to_string()),
    }
}
