//! Starting: on every address, in processes, from any folder, with a store that comes later, and not on a folder whose table was lost.

#[path = "starting/interrupted.rs"]
mod interrupted;

use qrcode::{QrCode, render::unicode::Dense1x2};
use std::{
    fs,
    net::{IpAddr, Ipv4Addr, TcpListener, UdpSocket},
    path::{Path, PathBuf},
    process::Command,
};
use tabletap_tests::{How, Program};

/// This machine's address in its network, if it is in one. Nothing is sent.
fn network_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(198, 51, 100, 1), 9)).ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

#[tokio::test]
async fn with_host_0_0_0_0_a_phone_reads_the_menu_by_the_code_that_is_printed() {
    let program = Program::start_with(&[("HOST", "0.0.0.0")]).await;
    let said = program.said();
    let link = said
        .lines()
        .find_map(|line| line.split_once(", Table 1: "))
        .map(|(_, link)| link.to_owned())
        .expect("a table's link");
    let code = QrCode::new(&link).expect("a link fits into a code");
    let code = code.render::<Dense1x2>().quiet_zone(true).build();
    assert!(said.contains(&code), "the code says {link}:\n{said}");

    let host = match network_address() {
        Some(address) => address.to_string(),
        // In no network there is no phone, and nothing better to print.
        None => "localhost".to_owned(),
    };
    assert!(link.starts_with(&format!("http://{host}:")), "{link}");
    let stores = program.get("/local/stores").await;
    let console = stores[0]["tables"][0]["link"].as_str();
    assert_eq!(
        console,
        Some(link.as_str()),
        "the console's code says the same"
    );
    let phone = reqwest::Client::builder().no_proxy().build();
    let page = phone.expect("a client").get(&link).send().await;
    let page = page.expect("the program answers there");
    assert_eq!(page.status(), 200);
    assert_eq!(page.url().host_str(), Some(host.as_str()));
    assert!(page.text().await.expect("a page").contains("Edamame"));
}

#[tokio::test]
async fn each_part_as_a_process_starts_on_an_empty_folder_and_prints_an_order() {
    let program = Program::start_as(How {
        arguments: vec!["--processes".to_owned()],
        ..How::default()
    })
    .await;
    let order = program.guest("kumo-sushi", 0).await.order(6).await;
    let id = order["order_id"].as_str().expect("an id");
    assert_eq!(program.await_papers(id, 2).await.len(), 2);
}

/// The folders of fonts in the file of each agent.
fn fonts_of_agents(data: &Path) -> Vec<PathBuf> {
    let agents = fs::read_dir(data.join("agents"))
        .expect("a folder")
        .flatten();
    let mut fonts = Vec::new();
    for agent in agents {
        let file = fs::read_to_string(agent.path().join("agent.toml")).expect("a file");
        let line = file.lines().find_map(|line| line.strip_prefix("fonts = "));
        let line = line.expect("an agent is told its fonts");
        fonts.extend(line.split('"').skip(1).step_by(2).map(PathBuf::from));
    }
    fonts
}

#[tokio::test]
async fn fonts_beside_the_program_are_named_so_that_an_agent_finds_them_from_its_own_folder() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let fonts = "frontend/node_modules/@expo-google-fonts";
    fs::create_dir_all(folder.path().join(fonts)).expect("a folder");
    let program = Program::start_as(How {
        folder: Some(folder.path().to_owned()),
        ..How::default()
    })
    .await;
    let named = fonts_of_agents(program.data());
    assert!(named.iter().any(|one| one.ends_with(fonts)), "{named:?}");
    for one in &named {
        assert!(one.is_absolute() && one.is_dir(), "{}", one.display());
    }
}

#[tokio::test]
async fn files_of_the_site_that_were_deleted_by_hand_are_back_with_the_next_start() {
    let mut program = Program::start().await;
    let data = program.get("/menus/kumo-sushi/en.json").await;
    let picture = data["categories"]
        .as_array()
        .expect("categories")
        .iter()
        .flat_map(|category| category["items"].as_array().expect("dishes"))
        .find_map(|dish| dish["image"].as_str())
        .expect("a dish with a picture");
    let files = ["/m/kumo-sushi/en/", "/menus/kumo-sushi/en.json", picture];
    program.kill();
    fs::remove_dir_all(program.data().join("site")).expect("the site is there");
    program.restart_after_kill().await;
    for file in files {
        assert_eq!(program.fetch(file).await.status(), 200, "{file}");
    }
}

/// `scripts/port`, which `make run` asks before it builds anything.
fn ask_for_port(port: u16) -> (bool, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/port");
    let asked = Command::new(script).env("PORT", port.to_string()).output();
    let asked = asked.expect("it runs");
    let said = String::from_utf8_lossy(&asked.stderr).into_owned();
    (asked.status.success(), said)
}

#[test]
fn a_port_in_use_is_noticed_before_anything_is_built() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = taken.local_addr().expect("an address").port();
    let (is_free, said) = ask_for_port(port);
    assert!(
        !is_free && said.contains(&port.to_string()) && said.contains("PORT="),
        "{said}"
    );
    drop(taken);
    assert_eq!(ask_for_port(port), (true, String::new()));
    assert_eq!(ask_for_port(0), (true, String::new()), "any free port");
}

fn move_table(from: &Path, to: &Path) {
    for name in ["table.db", "table.db-wal", "table.db-shm"] {
        if from.join(name).exists() {
            fs::rename(from.join(name), to.join(name)).expect("a file can be moved");
        }
    }
}

#[tokio::test]
async fn a_folder_that_lost_its_table_is_refused_until_the_copy_is_back() {
    let mut program = Program::start().await;
    let code = program.table_code("kumo-sushi", 0).await;
    program.kill();
    let data = program.data().to_owned();
    let kept = data.join("kept");
    fs::create_dir(&kept).expect("a folder");
    move_table(&data, &kept);
    for (lost, why) in [(None, "gone"), (Some(""), "empty")] {
        if let Some(text) = lost {
            fs::write(data.join("table.db"), text).expect("a file");
        }
        let said = program.start_refused().await;
        let sentence = said.lines().last().unwrap_or_default();
        for word in ["tabletap: ", "table.db", "put its copy back", "make reset"] {
            assert!(sentence.contains(word), "{why}: {word} in: {said}");
        }
    }
    assert_eq!(
        fs::read(data.join("table.db")).expect("a file"),
        b"",
        "nothing was written"
    );

    move_table(&kept, &data);
    program.restart_after_kill().await;
    assert_eq!(
        program.table_code("kumo-sushi", 0).await,
        code,
        "the stickers work"
    );
}

/// A noodle bar with as many stations, each with one dish.
fn noodle_bar(stations: usize) -> String {
    let each = |line: fn(usize) -> String| (0..stations).map(line).collect::<String>();
    format!(
        "store:\n  slug: noodle-bar\n  tenant: later\n  name: Noodle Bar\n  languages: [en]\n  currency: USD\n  \
         time_zone: America/New_York\n  accent: \"#b3261e\"\n  house_rule: open\n  tax:\n    prices: exclusive\n    \
         categories:\n      food: [{{name: State tax, percent: 4}}]\n  stations:\n{}  tables:\n    - {{id: t1, name: Table 1}}\n\
         categories:\n  - id: all\n    name: {{en: All}}\n    tax: food\n    items:\n{}",
        each(|n| format!("    - {{id: s{n}, name: Station {n}, printer: p{n}, agent: pc}}\n")),
        each(|n| format!(
            "      - {{id: d{n}, name: {{en: Dish {n}}}, price: 8, station: s{n}}}\n"
        )),
    )
}

#[tokio::test]
async fn a_store_and_a_station_set_up_while_the_program_runs_print_without_another_start() {
    let program = Program::start().await;
    for stations in [1, 2] {
        let file = program.data().join("noodle-bar.yaml");
        fs::write(&file, noodle_bar(stations)).expect("a file");
        let file = file.to_str().expect("a path is text");
        let published = program.command(&["menu", "publish", file]);
        let said = String::from_utf8_lossy(&published.stdout).into_owned();
        assert!(published.status.success(), "{said}");
        let order = program.guest("noodle-bar", 0).await.order(stations).await;
        let id = order["order_id"].as_str().expect("an id");
        assert_eq!(program.await_papers(id, stations).await.len(), stations);
    }
}
