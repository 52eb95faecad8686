//! The agent's surroundings: a broker that speaks MQTT over mutual TLS, and a printer that speaks ESC/POS over TCP.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "not every test file uses all of it")]

pub(crate) mod broker;
pub(crate) mod printer;

use std::{fs, path::Path, process::Stdio, time::Duration};

use tabletap_domain::time::UnixMillis;
use tabletap_wire::print::{JobLine, PrintJob, Report, TicketNews};
use tokio::process::{Child, Command};

pub(crate) const THING: &str = "kumo-hospitality:kumo-sushi:kitchen-pc";

/// A shop: a folder with certificates and configuration, a broker, a printer, and the agents started there.
pub(crate) struct Shop {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) broker: broker::Broker,
    pub(crate) printer: printer::Printer,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self::with("unknown_outcome = \"reprint\"", "").await
    }

    pub(crate) async fn with(top: &str, printer_lines: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tls = certificates(folder.path());
        let broker = broker::Broker::start(tls).await;
        let printer = printer::Printer::start().await;
        let config = format!(
            "thing = \"{THING}\"\nendpoint = \"localhost:{}\"\nca = \"ca.pem\"\ncertificate = \"agent.pem\"\nkey = \"agent.key\"\ndata = \"data\"\n{top}\n[[printer]]\nid = \"hot-1\"\naddress = \"{}\"\n{printer_lines}\n[timing]\nask_again_ms = 20\nanswer_ms = 500\nfence_ms = 700\nbackoff_max_ms = 50\n",
            broker.port, printer.address
        );
        fs::write(folder.path().join("agent.toml"), config).unwrap();
        Self {
            folder,
            broker,
            printer,
        }
    }

    /// Sets a line of the configuration's `[timing]`, which is its last table.
    pub(crate) fn set_timing(&self, line: &str) {
        let path = self.folder.path().join("agent.toml");
        let text = fs::read_to_string(&path).unwrap();
        let (key, _) = line.split_once(" = ").unwrap();
        let others = text.lines().filter(|other| !other.starts_with(key));
        let text: Vec<&str> = others.chain([line]).collect();
        fs::write(path, text.join("\n")).unwrap();
    }

    /// Writes a journal of an earlier release, whose epoch has no time.
    pub(crate) fn write_old_journal(&self) {
        let record = br#"{"is":"epoch","id":"0123456789abcdef0123456789abcdef"}"#;
        let length = u32::try_from(record.len()).unwrap().to_le_bytes();
        let crc = crc32fast::hash(record).to_le_bytes();
        let folder = self.folder.path().join("data");
        fs::create_dir(&folder).unwrap();
        let bytes = [&length[..], &crc[..], &record[..]].concat();
        fs::write(folder.join("journal"), bytes).unwrap();
    }

    pub(crate) fn command(&self, verb: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_printer-agent"));
        command
            .arg(verb)
            .arg("--config")
            .arg(self.folder.path().join("agent.toml"));
        command.kill_on_drop(true);
        command
    }

    /// Starts the real agent, with a fault armed where `fault` names one.
    pub(crate) fn agent(&self, fault: &str) -> Child {
        let mut command = self.command("run");
        command.env("TABLETAP_FAULT", fault).env("RUST_LOG", "off");
        command
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap()
    }
}

/// Polls a named condition.
pub(crate) async fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(
            tokio::time::Instant::now() < deadline,
            "waited in vain until {what}"
        );
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

pub(crate) fn ticket(number: u64) -> String {
    format!("tkt_{number:032x}_hot_1")
}

pub(crate) fn job(number: u64, attempt: u32) -> PrintJob {
    PrintJob {
        v: 1,
        ticket_id: ticket(number).parse().unwrap(),
        attempt,
        reprint: (attempt > 1).then(|| "operator".parse().unwrap()),
        seq: number,
        printer: "hot-1".parse().unwrap(),
        station: "hot".parse().unwrap(),
        station_name: "Kitchen".to_owned(),
        number: Some("K27".parse().unwrap()),
        call: None,
        order_type: "dine_in".parse().unwrap(),
        table_name: Some("7".to_owned()),
        index: 1,
        count: 1,
        placed_at: UnixMillis(1_795_287_840_000),
        ready_clock: None,
        utc_offset_s: 0,
        clock_change: None,
        lang: None,
        lines: vec![JobLine {
            quantity: 2,
            name: "Agedashi tofu".to_owned(),
            part_of: None,
            choices: Vec::new(),
            note: String::new(),
            accepted_allergens: Vec::new(),
        }],
        note: String::new(),
        guest: String::new(),
        customer: None,
        allergies: Vec::new(),
        dishes: 2,
        paid: false,
    }
}

fn certificates(folder: &Path) -> broker::Identity {
    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
    let ca_key = KeyPair::generate().unwrap();
    let mut ca = CertificateParams::default();
    ca.distinguished_name
        .push(DnType::CommonName, "Test authority");
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_pem = ca.self_signed(&ca_key).unwrap().pem();
    let issuer = Issuer::new(ca, ca_key);
    let signed = |params: CertificateParams| {
        let key = KeyPair::generate().unwrap();
        (
            params.signed_by(&key, &issuer).unwrap().pem(),
            key.serialize_pem(),
        )
    };
    let mut agent = CertificateParams::default();
    agent.distinguished_name.push(DnType::CommonName, THING);
    let (agent_pem, agent_key) = signed(agent);
    let (cert, key) = signed(CertificateParams::new(vec!["localhost".to_owned()]).unwrap());
    fs::write(folder.join("ca.pem"), &ca_pem).unwrap();
    fs::write(folder.join("agent.pem"), agent_pem).unwrap();
    fs::write(folder.join("agent.key"), agent_key).unwrap();
    broker::Identity {
        ca: ca_pem,
        cert,
        key,
    }
}

/// The reports of one kind.
pub(crate) fn reports_of_kind<'a>(reports: &'a [Report], kind: &str) -> Vec<&'a TicketNews> {
    reports
        .iter()
        .filter_map(|report| match (report, kind) {
            (Report::Accepted(news), "accepted")
            | (Report::Blocked(news), "blocked")
            | (Report::Printed(news), "printed")
            | (Report::Rejected(news), "rejected")
            | (Report::Unknown(news), "unknown") => Some(news),
            _ => None,
        })
        .collect()
}

/// Waits until there are so many reports of one kind.
pub(crate) async fn wait_for_reports(shop: &Shop, kind: &str, count: usize) -> Vec<TicketNews> {
    wait_until(&format!("{count} are {kind}"), || {
        reports_of_kind(&shop.broker.reports(), kind).len() >= count
    })
    .await;
    reports_of_kind(&shop.broker.reports(), kind)
        .into_iter()
        .cloned()
        .collect()
}
