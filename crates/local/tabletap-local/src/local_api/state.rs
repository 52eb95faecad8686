//! The whole state, as the console shows it.

use std::{sync::PoisonError, time::Duration};

use anyhow::Result;
use qrcode::{QrCode, render::svg};
use serde::Serialize;
use serde_json::{Value, json};
use tabletap_domain::{OrderId, StoreKey, order::Order, ticket::TicketStatus, time::UnixMillis};

use super::{Local, orders::shown};
use crate::{
    addresses::{RunFile, bucket_health, stripe_health, url},
    agents,
    broker::Snapshot,
    bus::Depth,
    part::Part,
};

const PAPERS_SHOWN_MAX: usize = 12;
const ORDERS_SHOWN_MAX: usize = 12;
const ANSWER_WITHIN: Duration = Duration::from_secs(1);

/// How one part is.
#[derive(Debug, Serialize)]
pub(super) struct PartState {
    name: String,
    /// The same for people.
    title: String,
    pub(super) state: &'static str,
    detail: String,
}

impl Local {
    async fn json(&self, address: String) -> Option<Value> {
        let response = self
            .http
            .get(address)
            .timeout(ANSWER_WITHIN)
            .send()
            .await
            .ok()?;
        response.error_for_status().ok()?.json().await.ok()
    }

    /// Where everything is now: printers and agents come with each store that is set up.
    fn run(&self) -> RunFile {
        let run = self.environment.data.read_running();
        run.unwrap_or_else(|_| self.environment.run.clone())
    }

    async fn is_up(&self, address: String) -> bool {
        let asked = self.http.get(address).timeout(ANSWER_WITHIN).send().await;
        asked.is_ok_and(|response| response.status().is_success())
    }

    /// Asks every part, each time anew.
    pub(super) async fn parts(&self) -> Vec<PartState> {
        let at = &self.environment.run.addresses;
        let (table, bus, bucket, mail, functions, broker, printers, payments) = tokio::join!(
            self.is_up(url(at.table)),
            self.json(format!("{}/local/queues", url(at.bus))),
            self.is_up(bucket_health(at)),
            self.is_up(format!("{}/health", url(at.mail))),
            self.json(format!("{}/health", url(at.functions))),
            self.json(format!("{}/local/broker", url(at.data_plane))),
            self.json(format!("{}/local/printers", url(at.printers))),
            self.json(stripe_health(at)),
        );
        let snapshot: Option<Snapshot> =
            broker.and_then(|value| serde_json::from_value(value).ok());
        let depths: Option<Vec<Depth>> = bus.and_then(|value| serde_json::from_value(value).ok());
        let part = |part: Part, up: bool, detail: String| PartState {
            name: part.name().to_owned(),
            title: title(part).to_owned(),
            state: if up { "up" } else { "down" },
            detail,
        };
        let paused = snapshot.as_ref().is_some_and(|snapshot| snapshot.paused);
        let mut parts = vec![
            part(Part::Table, table, String::new()),
            part(Part::Bus, depths.is_some(), in_queues(depths.as_deref())),
            part(Part::Bucket, bucket, String::new()),
            part(Part::Mail, mail, String::new()),
            part(
                Part::Functions,
                functions.is_some(),
                functions.map(|f| calls(&f)).unwrap_or_default(),
            ),
            part(
                Part::Broker,
                snapshot.is_some() && !paused,
                connected(snapshot.as_ref()),
            ),
            part(Part::Printers, printers.is_some(), String::new()),
            part(Part::Edge, true, String::new()),
        ];
        if self.environment.settings.stripe.is_none() {
            let detail = payments.as_ref().map(in_payments).unwrap_or_default();
            parts.push(part(Part::Stripe, payments.is_some(), detail));
        }
        let run = self.run();
        for agent in &run.agents {
            let here = snapshot
                .iter()
                .flat_map(|s| &s.things)
                .any(|thing| thing.thing == *agent);
            let ended = agents::ended(&self.environment.data.join("agents"), agent);
            let (state, detail) = match ended {
                _ if here => ("up", "connected".to_owned()),
                Some(why) => ("offline", why),
                None => ("starting", "not connected".to_owned()),
            };
            parts.push(PartState {
                name: format!("agent {agent}"),
                title: title_of_agent(agent, &run),
                state,
                detail,
            });
        }
        parts
    }

    /// The stores with the codes of their tables.
    pub(super) async fn stores(&self) -> Result<Value> {
        let mut stores = Vec::new();
        for store in self.publisher.stores().await? {
            let codes = self.publisher.store.table_codes(&store.key).await?;
            let tables = store.tables.iter().map(|table| {
                let code = codes
                    .get(&table.id)
                    .map(ToString::to_string)
                    .unwrap_or_default();
                let link = format!("{}/t/{code}", self.environment.run.public_url);
                json!({"id": table.id.to_string(), "name": table.name, "table_code": code,
                    "qr_svg": self.qr_svg(&link), "link": link})
            });
            stores.push(json!({
                "slug": store.slug.to_string(),
                "name": store.name,
                "languages": store.languages.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "takeout": store.takeout.is_some(),
                "tables": tables.collect::<Vec<_>>(),
            }));
        }
        Ok(stores.into())
    }

    /// Everything.
    pub(super) async fn state(&self) -> Result<Value> {
        let run = &self.environment.run;
        let printers = self
            .json(format!("{}/local/printers", url(run.addresses.printers)))
            .await;
        Ok(json!({
            "url": run.public_url,
            "data_folder": from_here(self.environment.data.path()),
            "parts": self.parts().await,
            "stores": self.stores().await?,
            "printers": printers.unwrap_or_else(|| json!([])),
            "papers": self.papers().await,
            "orders": self.orders().await?,
        }))
    }

    /// The newest papers of all printers.
    async fn papers(&self) -> Vec<Value> {
        let run = self.run();
        let mut newest = Vec::new();
        for printer in &run.printers {
            let address = format!(
                "{}/local/printers/{}/papers",
                url(run.addresses.printers),
                printer.id
            );
            let Some(Value::Array(papers)) = self.json(address).await else {
                continue;
            };
            newest.extend(
                papers
                    .into_iter()
                    .rev()
                    .take(PAPERS_SHOWN_MAX)
                    .map(|mut paper| {
                        paper["printer_id"] = printer.id.as_str().into();
                        paper["banner"] = match paper["banner"] == true {
                            true => "POSSIBLE DUPLICATE".into(),
                            false => Value::Null,
                        };
                        paper
                    }),
            );
        }
        newest.sort_by_key(|paper| {
            std::cmp::Reverse(paper["printed_at"].as_str().map(str::to_owned))
        });
        newest.truncate(PAPERS_SHOWN_MAX);
        newest
    }

    /// The latest orders of all stores, step by step.
    async fn orders(&self) -> Result<Vec<Value>> {
        let now = UnixMillis(tabletap_runtime::clock::now_ms());
        let store = &self.publisher.store;
        let mut orders = Vec::new();
        for config in self.publisher.stores().await? {
            for id in store
                .recent_orders(&config.key, now, ORDERS_SHOWN_MAX)
                .await?
            {
                orders.extend(
                    self.order(&config.key, &id).await?.map(|(order, tickets)| {
                        (order.placed_at, shown(&config, &order, &tickets))
                    }),
                );
            }
        }
        orders.sort_by_key(|(placed_at, _)| std::cmp::Reverse(*placed_at));
        Ok(orders
            .into_iter()
            .take(ORDERS_SHOWN_MAX)
            .map(|(_, order)| order)
            .collect())
    }

    async fn order(
        &self,
        store: &StoreKey,
        id: &OrderId,
    ) -> Result<Option<(Order, Vec<TicketStatus>)>> {
        Ok(self.publisher.store.order(store, id).await?)
    }
}

/// What a part plays.
fn title(part: Part) -> &'static str {
    match part {
        Part::Table => "Table and its stream",
        Part::Bus => "Event bus and queues",
        Part::Bucket => "The site’s files",
        Part::Mail => "Mail",
        Part::Functions => "Functions",
        Part::Broker => "Message broker",
        Part::Printers => "Virtual printers",
        Part::Stripe => "Local Stripe",
        Part::Edge => "Pages and API",
    }
}

/// An agent by what it prints for: `Printer agent kitchen-pc of kumo-sushi: Hot Kitchen, Bar`.
fn title_of_agent(agent: &str, run: &RunFile) -> String {
    let mut names = agent.rsplit(':');
    let pc = names.next().unwrap_or(agent);
    let printers = run.printers.iter().filter(|one| one.agent == agent);
    let stations: Vec<&str> = printers.map(|one| one.station_name.as_str()).collect();
    let of = names
        .next()
        .map_or(String::new(), |store| format!(" of {store}"));
    format!("Printer agent {pc}{of}: {}", stations.join(", "))
}

fn calls(functions: &Value) -> String {
    let sum = |key: &str| -> u64 {
        functions["functions"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|f| f[key].as_u64())
            .sum()
    };
    format!("{} calls, {} failed", sum("invocations"), sum("failures"))
}

fn in_payments(health: &Value) -> String {
    let of = |key: &str| health[key].as_u64().unwrap_or_default();
    format!(
        "{} sessions, {} events, {} on their way",
        of("sessions"),
        of("events"),
        of("undelivered")
    )
}

fn in_queues(depths: Option<&[Depth]>) -> String {
    let sum = |dead: bool| -> u64 {
        let depths = depths.into_iter().flatten();
        depths
            .filter(|depth| depth.dead_letters == dead)
            .map(|depth| depth.waiting.saturating_add(depth.in_flight))
            .sum()
    };
    format!("{} messages, {} given up", sum(false), sum(true))
}

fn connected(snapshot: Option<&Snapshot>) -> String {
    match snapshot {
        Some(snapshot) if snapshot.paused => "paused".to_owned(),
        Some(snapshot) => format!("{} connected", snapshot.things.len()),
        None => String::new(),
    }
}

impl Local {
    /// A link's code, drawn once: the console asks four times a second.
    fn qr_svg(&self, link: &str) -> Option<String> {
        let mut drawn = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        let code = drawn.entry(link.to_owned());
        code.or_insert_with(|| qr_svg(link)).clone()
    }
}

fn qr_svg(link: &str) -> Option<String> {
    let code = QrCode::new(link).ok()?;
    Some(
        code.render::<svg::Color<'_>>()
            .min_dimensions(160, 160)
            .build(),
    )
}

/// A folder as a person would name it from where the program was started.
fn from_here(folder: &std::path::Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    folder
        .strip_prefix(here)
        .unwrap_or(folder)
        .display()
        .to_string()
}
