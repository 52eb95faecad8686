//! The templates in `infra/`: their length, and what each function must have.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde_json::Value;
use tabletap_local::template::{EMBEDDED, yaml};

/// Split a longer template: nest a part of it.
const LINES_MAX: usize = 300;

/// The documents by file name.
fn documents() -> BTreeMap<String, Value> {
    let texts = texts().into_iter();
    texts
        .map(|(file, text)| {
            let document = yaml::read(&text).unwrap_or_else(|problem| panic!("{file}: {problem}"));
            (file, document)
        })
        .collect()
}

fn texts() -> BTreeMap<String, String> {
    let files = fs::read_dir(super::root().join("infra")).expect("infra");
    let files = files
        .flatten()
        .filter(|file| file.path().extension().is_some_and(|end| end == "yaml"));
    files
        .map(|file| {
            let name = file.file_name().to_string_lossy().into_owned();
            (name, fs::read_to_string(file.path()).expect("text"))
        })
        .collect()
}

/// Resources of one type: file, logical id, properties.
fn resources<'a>(
    documents: &'a BTreeMap<String, Value>,
    kind: &'a str,
) -> impl Iterator<Item = (&'a str, &'a str, &'a Value)> {
    documents.iter().flat_map(move |(file, document)| {
        let all = document["Resources"].as_object().into_iter().flatten();
        all.filter(move |(_, resource)| resource["Type"] == kind)
            .map(|(name, resource)| (file.as_str(), name.as_str(), &resource["Properties"]))
    })
}

/// The file and the logical id that `name` of `file` stands for: a parameter is what the template around it passes.
fn named<'a>(
    documents: &'a BTreeMap<String, Value>,
    file: &'a str,
    name: &'a str,
) -> (&'a str, &'a str) {
    if documents[file]["Resources"].get(name).is_some() {
        return (file, name);
    }
    let passed = resources(documents, "AWS::Serverless::Application")
        .filter(|(_, _, nested)| nested["Location"] == file)
        .find_map(|(outer, _, nested)| Some((outer, nested["Parameters"][name]["Ref"].as_str()?)));
    let (outer, name) = passed.unwrap_or_else(|| panic!("{file}: nobody passes `{name}`"));
    named(documents, outer, name)
}

/// What counts as an alarm of this function: its errors, or where events are tried again until they succeed, how long they wait.
fn alarms_of(file: &str, name: &str, function: &Value) -> BTreeSet<String> {
    let mut wanted = BTreeSet::from([format!("AWS/Lambda Errors {file} {name}")]);
    for event in function["Events"].as_object().into_iter().flatten() {
        match event.1["Type"].as_str() {
            Some("DynamoDB") => {
                wanted.insert(format!("AWS/Lambda IteratorAge {file} {name}"));
            }
            Some("SQS") => {
                let queue = event.1["Properties"]["Queue"]["Fn::GetAtt"].as_str();
                let queue = queue.and_then(|path| path.strip_suffix(".Arn"));
                let queue = queue.unwrap_or_else(|| panic!("{file}: {name} reads no queue"));
                wanted.insert(format!(
                    "AWS/SQS ApproximateAgeOfOldestMessage {file} {queue}"
                ));
            }
            _ => {}
        }
    }
    wanted
}

#[test]
fn every_template_has_at_most_300_lines() {
    for (file, text) in texts() {
        let lines = text.lines().count();
        assert!(
            lines <= LINES_MAX,
            "infra/{file} has {lines} lines: nest a part"
        );
    }
}

#[test]
fn the_local_program_knows_every_template() {
    let known: BTreeSet<String> = EMBEDDED.iter().map(|(name, _)| (*name).into()).collect();
    assert_eq!(known, texts().into_keys().collect());
}

#[test]
fn every_function_has_an_alarm_and_a_log_group_with_retention() {
    let documents = documents();
    let mut alarms = BTreeSet::new();
    for (file, name, alarm) in resources(&documents, "AWS::CloudWatch::Alarm") {
        assert!(
            alarm["AlarmActions"][0]["Ref"].is_string(),
            "infra/{file}: {name} tells nobody"
        );
        for dimension in alarm["Dimensions"].as_array().into_iter().flatten() {
            let watched = match &dimension["Value"]["Fn::GetAtt"] {
                Value::String(path) => path.strip_suffix(".QueueName"),
                _ => dimension["Value"]["Ref"].as_str(),
            };
            let watched = watched.unwrap_or_else(|| panic!("infra/{file}: what watches {name}?"));
            let (at, watched) = named(&documents, file, watched);
            let text = |key: &str| alarm[key].as_str().unwrap_or_default();
            alarms.insert(format!(
                "{} {} {at} {watched}",
                text("Namespace"),
                text("MetricName")
            ));
        }
    }
    let mut functions = 0;
    for (file, name, function) in resources(&documents, "AWS::Serverless::Function") {
        functions += 1;
        let wanted = alarms_of(file, name, function);
        assert!(
            !alarms.is_disjoint(&wanted),
            "infra/{file}: {name} has none of the alarms {wanted:?}"
        );
        let group = function["LoggingConfig"]["LogGroup"]["Ref"].as_str();
        let group = group.unwrap_or_else(|| panic!("infra/{file}: {name} names no log group"));
        let (at, group) = named(&documents, file, group);
        let group = &documents[at]["Resources"][group];
        assert!(
            group["Type"] == "AWS::Logs::LogGroup"
                && group["Properties"]["RetentionInDays"].is_u64(),
            "infra/{file}: logs of {name} stay for ever"
        );
    }
    assert_eq!(functions, super::functions().len(), "each is looked at");
}
