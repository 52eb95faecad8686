//! The shape of the house, held by a test: which crate may know which, and that nothing documented has drifted from the code.

#[path = "tidy/modules.rs"]
mod modules;
#[path = "tidy/processes.rs"]
mod processes;
#[path = "tidy/templates.rs"]
mod templates;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The folders in `crates`, lowest first: a crate may use those of lower layers.
const LAYERS: [&str; 6] = [
    "core",
    "adapters",
    "doubles",
    "services",
    "functions",
    "local",
];

/// Layers whose crates may use each other.
const WITH_SIBLINGS: [&str; 2] = ["core", "doubles"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests is in the root")
        .to_owned()
}

fn metadata() -> Metadata {
    let mut command = MetadataCommand::new();
    command.manifest_path(root().join("Cargo.toml")).no_deps();
    command.exec().expect("cargo metadata runs")
}

/// The packages of the workspace by name: the layer whose folder holds each, and what it needs.
fn packages() -> BTreeMap<String, Package> {
    let all = metadata().packages.into_iter();
    all.map(|package| {
        let of_kind = |wanted: DependencyKind| -> BTreeSet<String> {
            let all = package.dependencies.iter();
            all.filter(|need| need.kind == wanted)
                .map(|need| need.name.clone())
                .collect()
        };
        let folders: Vec<&str> = package
            .manifest_path
            .strip_prefix(root().to_str().expect("a path of text"))
            .expect("it lies in the repository")
            .iter()
            .collect();
        let layer = match folders.as_slice() {
            ["crates", layer, folder, "Cargo.toml"] => {
                assert_eq!(
                    *folder,
                    package.name.as_str(),
                    "a folder has its package's name"
                );
                (*layer).to_owned()
            }
            [folder, "Cargo.toml"] => (*folder).to_owned(),
            _ => panic!("{} lies in no layer", package.manifest_path),
        };
        let needs = of_kind(DependencyKind::Normal);
        let needs_for_tests = of_kind(DependencyKind::Development);
        let described = Package {
            layer,
            needs,
            needs_for_tests,
        };
        (package.name.to_string(), described)
    })
    .collect()
}

struct Package {
    layer: String,
    needs: BTreeSet<String>,
    needs_for_tests: BTreeSet<String>,
}

/// What a crate of ours links: itself, what it needs, and what our own crates among those need.
fn linked_into(all: &BTreeMap<String, Package>, name: &str) -> BTreeSet<String> {
    let (mut reached, mut next) = (BTreeSet::from([name.to_owned()]), vec![name.to_owned()]);
    while let Some(package) = next.pop() {
        let needs = all
            .get(&package)
            .into_iter()
            .flat_map(|package| &package.needs);
        next.extend(
            needs
                .filter(|need| reached.insert((*need).clone()))
                .cloned(),
        );
    }
    reached
}

/// The functions: the folders in `crates/functions`.
fn functions() -> BTreeSet<String> {
    let all = packages().into_iter();
    all.filter(|(_, package)| package.layer == "functions")
        .map(|(name, _)| name)
        .collect()
}

/// Files that git would keep, with one of these endings.
fn sources(endings: &[&str]) -> Vec<PathBuf> {
    fn walk(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            if path.is_dir() {
                if !name.starts_with('.') && !["target", "node_modules", "dist"].contains(&&*name) {
                    walk(&path, endings, found);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root(), endings, &mut found);
    found
}

#[test]
fn a_crate_uses_only_the_layers_below_its_folder() {
    let all = packages();
    let height = |layer: &str| LAYERS.iter().position(|one| *one == layer);
    let may_use = |user: &str, used: &str| match user {
        "tests" => true,
        "printer-agent" => used == "core",
        "local" => height(used).is_some_and(|used| used < LAYERS.len() - 1),
        _ if used == user => WITH_SIBLINGS.contains(&user),
        _ if used == "doubles" => false,
        _ => height(used) < height(user) && height(used).is_some(),
    };
    for (name, package) in &all {
        let layer = package.layer.as_str();
        for (need, used) in package
            .needs
            .iter()
            .filter_map(|need| Some((need, all.get(need)?)))
        {
            let used = used.layer.as_str();
            assert!(
                may_use(layer, used),
                "{name} ({layer}) may not use {need} ({used})"
            );
        }
        for (need, used) in package
            .needs_for_tests
            .iter()
            .filter_map(|need| Some((need, all.get(need)?)))
        {
            let used = used.layer.as_str();
            let may = may_use(layer, used) || used == "doubles";
            assert!(
                may,
                "the tests of {name} ({layer}) may not use {need} ({used})"
            );
        }
    }
}

#[test]
fn each_layer_says_in_a_few_lines_what_its_code_may_do() {
    let folders = fs::read_dir(root().join("crates")).expect("crates");
    let folders = folders
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned());
    assert_eq!(
        folders.collect::<BTreeSet<_>>(),
        LAYERS.map(str::to_owned).into()
    );
    for layer in LAYERS {
        let page = root().join("crates").join(layer).join("README.md");
        let page =
            fs::read_to_string(&page).unwrap_or_else(|_| panic!("{} is missing", page.display()));
        let lines = page.lines().filter(|line| !line.is_empty()).count();
        assert!(
            lines <= 8,
            "crates/{layer}/README.md is longer than a few lines"
        );
    }
}

#[test]
fn each_crate_keeps_out_what_its_place_forbids() {
    let all = packages();
    let forbidden: &[(&str, &[&str], &str)] = &[
        (
            "tabletap-domain",
            &[
                "serde",
                "serde_json",
                "tokio",
                "getrandom",
                "jiff",
                "tracing",
            ],
            "the domain is pure",
        ),
        (
            "tabletap-wire",
            &["aws-sdk-dynamodb", "tokio", "lambda_http"],
            "shapes only",
        ),
        (
            "tabletap-paper",
            &[
                "tabletap-domain",
                "tabletap-wire",
                "tabletap-ticket",
                "escpos",
            ],
            "it checks the encoder",
        ),
        (
            "tabletap-session",
            &["tokio", "getrandom"],
            "time, keys and nonces come in as arguments",
        ),
        ("tabletap-ticket", &["tokio", "rumqttc"], "pure"),
        (
            "tabletap-fake-stripe",
            &["aws-config", "tabletap-domain", "tabletap-wire"],
            "it plays the other side",
        ),
        (
            "tabletap-runtime",
            &["tabletap-domain", "tabletap-wire"],
            "it knows nothing of restaurants",
        ),
        (
            "printer-agent",
            &["aws-config", "aws-sdk-dynamodb", "aws-sdk-iotdataplane"],
            "no AWS SDK on the shop's PC",
        ),
    ];
    for (package, unwanted, why) in forbidden {
        for name in *unwanted {
            assert!(
                !all[*package].needs.contains(*name),
                "{package} may not need {name}: {why}"
            );
        }
    }
    for (name, package) in &all {
        let imitates = ["doubles", "local"].contains(&package.layer.as_str());
        assert!(
            name == "tabletap-store" || imitates || !package.needs.contains("aws-sdk-dynamodb"),
            "{name} may not need aws-sdk-dynamodb: only the store knows it, and what imitates it"
        );
        assert!(
            package.layer == "doubles" || !package.needs.contains("hmac"),
            "{name} may not need hmac: keys are in tabletap-session, and doubles check by another HMAC"
        );
    }
}

#[test]
fn nothing_of_stripe_is_linked_into_what_takes_orders_or_prints_them() {
    let all = packages();
    let moves_money = ["checkout", "stripe-webhook", "sweeper"];
    for function in functions() {
        if moves_money.contains(&function.as_str()) {
            continue;
        }
        for package in linked_into(&all, &function) {
            assert!(
                package != "tabletap-payments" && !package.contains("stripe"),
                "{function} holds {package}"
            );
        }
    }
}

#[test]
fn payments_are_moved_without_a_word_of_the_provider() {
    for package in linked_into(&packages(), "tabletap-payments") {
        assert!(
            !package.contains("stripe"),
            "tabletap-payments holds {package}"
        );
    }
}

#[test]
fn every_function_has_a_template_resource_and_samples_of_its_events() {
    let templates: String = sources(&[".yaml"])
        .iter()
        .filter(|path| {
            path.parent()
                .is_some_and(|folder| folder.ends_with("infra"))
        })
        .map(|path| fs::read_to_string(path).expect("a template"))
        .collect();
    for function in functions() {
        assert!(
            templates.contains(&format!("CodeUri: ../target/lambda/{function}\n")),
            "{function} is in no template"
        );
        let samples = root().join("events").join(&function);
        let count = fs::read_dir(&samples)
            .map(Iterator::count)
            .unwrap_or_default();
        assert!(
            count > 0,
            "{function} has no sample in {}",
            samples.display()
        );
    }
    // The benchmark takes their names from there.
    let folders = fs::read_dir(root().join("events")).expect("the samples");
    let folders = folders.flatten().filter(|entry| entry.path().is_dir());
    let named: BTreeSet<String> = folders
        .map(|folder| folder.file_name().to_string_lossy().into_owned())
        .collect();
    assert!(named == functions(), "events/ has other folders");
}

#[test]
fn no_file_outgrows_its_subject_and_no_test_is_switched_off() {
    let this_file = Path::new(file!()).file_name().expect("a name");
    for path in sources(&[".rs", ".ts", ".tsx"]) {
        let text = fs::read_to_string(&path).expect("text");
        assert!(
            text.lines().count() <= 400,
            "{} has a second subject: split it",
            path.display()
        );
        if path.file_name() == Some(this_file) {
            continue;
        }
        for mark in [
            "#[ignore",
            "todo!(",
            "unimplemented!(",
            ".only(",
            "test.skip",
            "it.skip",
            "FIXME",
        ] {
            assert!(!text.contains(mark), "{} holds {mark}", path.display());
        }
    }
}

#[test]
fn every_module_says_what_it_is_for() {
    for path in sources(&[".rs"]) {
        let text = fs::read_to_string(&path).expect("text");
        let documented = text
            .lines()
            .any(|line| line.starts_with("//!") || line.starts_with("#![doc"));
        assert!(
            documented,
            "{} begins without a word on what it is for",
            path.display()
        );
    }
}

#[test]
fn the_documents_name_every_crate() {
    let architecture = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    for package in metadata().packages {
        assert!(
            architecture.contains(package.name.as_str()),
            "ARCHITECTURE.md is silent on {}",
            package.name
        );
    }
}
