//! The templates this program is built with, and the ways a template can be unusable.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, path::Path, time::Duration};

use tabletap_local::template::{Function, Route, Template};

fn anything(name: &str) -> Option<String> {
    Some(format!("local-{name}"))
}

#[test]
fn the_shipped_template_names_every_function_with_its_events() {
    let template = Template::embedded(&anything).unwrap();
    let names: Vec<&str> = template.functions.iter().map(|f| f.name.as_str()).collect();
    // One folder of samples for each function.
    let mut ancestors = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let samples = ancestors
        .find_map(|folder| fs::read_dir(folder.join("events")).ok())
        .unwrap();
    for folder in samples.map(|entry| entry.unwrap().path()) {
        let name = folder.file_name().unwrap().to_str().unwrap();
        assert!(
            folder.is_file() || names.contains(&name),
            "{name} is missing from {names:?}"
        );
    }
    let intake = template.function("cart-intake").unwrap();
    assert_eq!(
        intake.routes,
        [Route {
            method: "POST".to_owned(),
            path: "/v1/orders".to_owned()
        }]
    );
    assert_eq!(intake.environment["TABLE_NAME"], "local-TableName");
    assert_eq!(
        intake.environment["SESSION_KEY"], "local-local-SessionKeyArn",
        "secrets are resolved"
    );

    let stream = &template.function("print-dispatcher").unwrap().streams[0];
    assert!(stream.bisect && stream.reports_item_failures && stream.from_oldest);
    assert!(stream.retries_max.is_some() && !stream.filters.is_empty());
    assert_eq!(
        template.function("sweeper").unwrap().schedules,
        [Duration::from_secs(60)]
    );
    assert!(
        template
            .rules
            .iter()
            .any(|rule| rule.function == "printer-events")
    );
    assert!(!template.cors.methods.is_empty());
}

#[test]
fn the_shipped_template_leads_every_rule_to_a_queue_with_dead_letters_that_a_function_reads() {
    let template = Template::embedded(&anything).unwrap();
    let queue = |name: &str| {
        let mut queues = template.queues.iter();
        queues.find(|queue| queue.name == name).unwrap().clone()
    };
    assert!(!template.event_rules.is_empty());
    for rule in &template.event_rules {
        let buses = ["local-EventBus", "local-EventBusName", "default"];
        assert!(buses.contains(&rule.bus.as_str()), "{}", rule.bus);
        for name in &rule.queues {
            let redrive = queue(name).redrive.unwrap();
            assert_eq!(redrive.receives_max, 5, "{name}");
            assert_eq!(queue(&redrive.queue).redrive, None);
            let mut functions = template.functions.iter();
            let reads = |f: &&Function| f.queues.iter().any(|source| source.queue == *name);
            let reader = functions.find(reads).unwrap();
            assert!(queue(name).visibility >= reader.timeout * 6, "{name}");
            assert!(
                reader
                    .queues
                    .iter()
                    .all(|source| source.reports_item_failures)
            );
        }
    }
}

fn problem(resource: &str) -> String {
    let text = format!("Resources:\n  Thing:\n{resource}");
    Template::read(&[("template.yaml", &text)], &|_| None)
        .unwrap_err()
        .to_string()
}

#[test]
fn what_is_not_imitated_is_an_error_that_names_the_place() {
    let function = |properties: &str| {
        format!(
            "    Type: AWS::Serverless::Function\n    Properties: {{CodeUri: ../target/lambda/thing, {properties}}}\n"
        )
    };
    let cases = [
        (
            "    Type: AWS::Serverless::Function\n".to_owned(),
            "CodeUri is missing",
            "no code",
        ),
        (
            function("Events: {E: {Type: Kinesis}}"),
            "events of type `Kinesis`",
            "an unknown event",
        ),
        (
            function("Events: {E: {Type: Schedule, Properties: {Schedule: cron(1)}}}"),
            "cron(1)",
            "an unknown schedule",
        ),
        (
            function("Environment: {Variables: {A: !Ref Missing}}"),
            "no value for `Missing`",
            "an unknown parameter",
        ),
        (
            function("Environment: {Variables: {A: !ImportValue x}}"),
            "Fn::ImportValue",
            "an unknown intrinsic",
        ),
        (
            function(
                "Events: {E: {Type: DynamoDB, Properties: {StartingPosition: LATEST, TumblingWindowInSeconds: 1}}}",
            ),
            "TumblingWindowInSeconds",
            "an unknown setting",
        ),
        (
            "    Type: AWS::Events::Rule\n    Properties: {EventBusName: b, Targets: [], EventPattern: {source: [{wildcard: 'x*'}]}}\n".to_owned(),
            "wildcard",
            "a pattern's operator",
        ),
        (
            "    Type: AWS::Events::Rule\n    Properties: {EventBusName: b, EventPattern: {source: [x]}, Targets: [{Id: x, Arn: !GetAtt Thing.Arn}]}\n".to_owned(),
            "no queue of this file",
            "a target that is no queue",
        ),
        (
            "    Type: AWS::SQS::Queue\n    Properties: {DelaySeconds: 5}\n".to_owned(),
            "DelaySeconds",
            "a queue's setting",
        ),
        (
            "    Type: AWS::Serverless::Application\n    Properties: {Location: other.yaml}\n"
                .to_owned(),
            "no template `other.yaml`",
            "a nested template that is not there",
        ),
    ];
    for (resource, expected, reason) in cases {
        let problem = problem(&resource);
        assert!(
            problem.starts_with("infra/template.yaml: Thing: "),
            "{reason}: {problem}"
        );
        assert!(problem.contains(expected), "{reason}: {problem}");
    }
}

#[test]
fn a_parameter_that_two_files_disagree_about_is_an_error() {
    let root = "Resources:\n  N:\n    Type: AWS::Serverless::Application\n    Properties:\n      \
                Location: nested.yaml\n      Parameters: {Stage: x}\n";
    let read = |nested: &str| {
        Template::read(
            &[("template.yaml", root), ("nested.yaml", nested)],
            &anything,
        )
        .unwrap_err()
        .to_string()
    };
    assert!(read("Resources: {}").contains("passes `Stage`"));
    let nested = "Parameters: {Stage: {Type: String}, Other: {Type: String}}\nResources: {}";
    assert!(read(nested).contains("does not pass `Other`"));
}

#[test]
fn a_template_nested_in_a_nested_one_is_read_like_any_other() {
    let nest = |location: &str| {
        format!(
            "Resources:\n  N:\n    Type: AWS::Serverless::Application\n    Properties: {{Location: {location}}}\n"
        )
    };
    let read = |deepest: &str| {
        let (root, middle) = (nest("middle.yaml"), nest("deepest.yaml"));
        let files = [
            ("template.yaml", root.as_str()),
            ("middle.yaml", &middle),
            ("deepest.yaml", deepest),
        ];
        Template::read(&files, &anything)
    };
    let function = "Resources:\n  Thing:\n    Type: AWS::Serverless::Function\n    Properties: {CodeUri: ../target/lambda/thing}\n";
    assert!(read(function).unwrap().function("thing").is_some());
    let wanting = format!("Parameters: {{Stage: {{Type: String}}}}\n{function}");
    let error = read(&wanting).unwrap_err().to_string();
    assert!(
        error.starts_with("infra/middle.yaml: N: does not pass `Stage`"),
        "{error}"
    );
}

#[test]
fn text_that_is_no_yaml_is_an_error_that_names_the_file() {
    let error = Template::read(&[("template.yaml", "a: [")], &anything)
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("infra/template.yaml: "), "{error}");
}
