//! The shape of the house, held by a test: which crate may know which, and that nothing documented has drifted from the code.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

const FUNCTIONS: [&str; 13] = [
    "cart-intake",
    "checkout",
    "event-relay",
    "menu-publisher",
    "order-form",
    "order-status",
    "print-dispatcher",
    "printer-events",
    "receipt-mailer",
    "stripe-webhook",
    "sweeper",
    "table-calls",
    "table-session",
];

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

/// What each package of the workspace needs to be built: names of its normal dependencies.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let normal = |package: &cargo_metadata::Package| {
        let all = package.dependencies.iter();
        all.filter(|d| d.kind == DependencyKind::Normal)
            .map(|d| d.name.clone())
            .collect()
    };
    metadata()
        .packages
        .iter()
        .map(|p| (p.name.to_string(), normal(p)))
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
fn dependencies_point_down_only() {
    let layers: &[&[&str]] = &[
        &[
            "tabletap-domain",
            "tabletap-fault",
            "tabletap-contract",
            "tabletap-fake-stripe",
        ],
        &[
            "tabletap-wire",
            "tabletap-session",
            "tabletap-opening",
            "tabletap-customer",
            "tabletap-paper",
        ],
        &[
            "tabletap-store",
            "tabletap-ticket",
            "tabletap-menu",
            "tabletap-sheet",
            "tabletap-picture",
            "tabletap-runtime",
        ],
        &[
            "tabletap-seating",
            "tabletap-guest",
            "tabletap-dispatch",
            "tabletap-intake",
            "tabletap-payments",
            "tabletap-mail",
        ],
        &[
            "cart-intake",
            "checkout",
            "event-relay",
            "menu-publisher",
            "order-form",
            "order-status",
            "print-dispatcher",
            "printer-events",
            "receipt-mailer",
            "stripe-webhook",
            "sweeper",
            "table-calls",
            "table-session",
            "printer-agent",
        ],
        &["tabletap-local"],
        &["tabletap-tests"],
    ];
    let layer_of = |name: &str| layers.iter().position(|layer| layer.contains(&name));
    for (package, needs) in dependencies() {
        let own = layer_of(&package);
        if own.is_none() {
            assert_eq!(
                package, "tabletap-testkit",
                "{package} has no layer: name it here"
            );
            continue;
        }
        for need in needs.iter().filter(|need| layer_of(need).is_some()) {
            assert!(layer_of(need) < own, "{package} may not know {need}");
        }
    }
}

#[test]
fn each_crate_keeps_out_what_its_place_forbids() {
    let all = dependencies();
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
                !all[*package].contains(*name),
                "{package} may not need {name}: {why}"
            );
        }
    }
    for (package, needs) in &all {
        let may_know = [
            "tabletap-store",
            "tabletap-local",
            "tabletap-testkit",
            "tabletap-tests",
        ]
        .contains(&package.as_str())
            || FUNCTIONS.contains(&package.as_str());
        assert!(
            may_know || !needs.contains("aws-sdk-dynamodb"),
            "{package}: only the store knows DynamoDB"
        );
    }
}

#[test]
fn nothing_of_stripe_is_linked_into_what_takes_orders_or_prints_them() {
    let all = dependencies();
    let moves_money = ["checkout", "stripe-webhook", "sweeper"];
    for function in FUNCTIONS.iter().filter(|name| !moves_money.contains(name)) {
        let (mut reached, mut next) = (BTreeSet::new(), vec![(*function).to_owned()]);
        while let Some(package) = next.pop() {
            assert!(
                package != "tabletap-payments" && !package.contains("stripe"),
                "{function} holds {package}"
            );
            let needs = all.get(&package).into_iter().flatten();
            next.extend(
                needs
                    .filter(|need| reached.insert((*need).clone()))
                    .cloned(),
            );
        }
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
    for function in FUNCTIONS {
        assert!(
            templates.contains(&format!("CodeUri: ../target/lambda/{function}\n")),
            "{function} is in no template"
        );
        let samples = root().join("events").join(function);
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
    assert!(named.iter().eq(FUNCTIONS), "events/ has other folders");
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
