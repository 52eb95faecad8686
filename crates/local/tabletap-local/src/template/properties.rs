//! Properties of single resources.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Map, Value};

use super::{
    Cors, Function, Route, StreamSource, TopicRule, messaging, role,
    values::{Scope, entries, number, only, reports_item_failures},
};
use crate::filter::Filter;

pub(super) fn function(
    resource: &Value,
    resources: &Map<String, Value>,
    scope: &Scope<'_>,
) -> Result<Function, String> {
    let properties = &resource["Properties"];
    let mut function = Function {
        name: binary(resource).ok_or("CodeUri is missing")?,
        timeout: Duration::from_secs(timeout_s(properties, scope.document)),
        environment: BTreeMap::new(),
        role: role::role(&properties["Policies"])
            .map_err(|problem| format!("Policies: {problem}"))?,
        routes: Vec::new(),
        streams: Vec::new(),
        queues: Vec::new(),
        schedules: Vec::new(),
        async_retries: number(&properties["EventInvokeConfig"]["MaximumRetryAttempts"])?
            .unwrap_or(2),
    };
    let variables = [&scope.document["Globals"]["Function"], properties];
    for (name, value) in variables
        .iter()
        .flat_map(|p| entries(&p["Environment"]["Variables"]))
    {
        let text = scope
            .text(value)
            .map_err(|problem| format!("variable {name}: {problem}"))?;
        function.environment.insert(name.clone(), text);
    }
    for (name, event) in entries(&properties["Events"]) {
        read_event(event, resources, &mut function)
            .map_err(|problem| format!("event {name}: {problem}"))?;
    }
    Ok(function)
}

fn read_event(
    event: &Value,
    resources: &Map<String, Value>,
    function: &mut Function,
) -> Result<(), String> {
    let properties = &event["Properties"];
    let text = |key: &str| {
        properties[key]
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| format!("{key} is missing"))
    };
    match event["Type"].as_str().unwrap_or_default() {
        "HttpApi" => function.routes.push(Route {
            method: text("Method")?.to_uppercase(),
            path: text("Path")?,
        }),
        "DynamoDB" => function.streams.push(stream(properties)?),
        "SQS" => function
            .queues
            .push(messaging::source(properties, resources)?),
        "Schedule" | "ScheduleV2" => function.schedules.push(rate(&text("Schedule")?)?),
        other => return Err(format!("events of type `{other}` are not imitated locally")),
    }
    Ok(())
}

fn stream(properties: &Value) -> Result<StreamSource, String> {
    let known = [
        "Stream",
        "StartingPosition",
        "BatchSize",
        "MaximumBatchingWindowInSeconds",
        "MaximumRetryAttempts",
        "MaximumRecordAgeInSeconds",
        "BisectBatchOnFunctionError",
        "FunctionResponseTypes",
        "FilterCriteria",
        "DestinationConfig",
        "Enabled",
    ];
    only(properties, &known)?;
    if number::<u32>(&properties["MaximumBatchingWindowInSeconds"])?.unwrap_or(0) != 0 {
        return Err("a kitchen waits: MaximumBatchingWindowInSeconds must be 0".to_owned());
    }
    let patterns = properties["FilterCriteria"]["Filters"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let filters = patterns.iter().map(|filter| {
        let pattern = filter["Pattern"]
            .as_str()
            .ok_or("a filter has no Pattern")?;
        Filter::parse(pattern).map_err(|problem| format!("FilterCriteria: {problem}"))
    });
    Ok(StreamSource {
        batch_size: number(&properties["BatchSize"])?.unwrap_or(100),
        retries_max: unlimited(&properties["MaximumRetryAttempts"])?,
        record_age_max: unlimited(&properties["MaximumRecordAgeInSeconds"])?
            .map(|seconds| Duration::from_secs(seconds.into())),
        bisect: properties["BisectBatchOnFunctionError"]
            .as_bool()
            .unwrap_or(false),
        reports_item_failures: reports_item_failures(properties),
        from_oldest: match properties["StartingPosition"].as_str() {
            Some("TRIM_HORIZON") => true,
            Some("LATEST") => false,
            other => {
                return Err(format!(
                    "StartingPosition {other:?} is not imitated locally"
                ));
            }
        },
        filters: filters.collect::<Result<_, String>>()?,
    })
}

/// Whether the function names what failed of a batch.
/// `-1`, which is also the default, means without end.
fn unlimited(value: &Value) -> Result<Option<u32>, String> {
    if value == -1 { Ok(None) } else { number(value) }
}

/// `rate(1 minute)`; `cron(…)` has no local use yet.
fn rate(schedule: &str) -> Result<Duration, String> {
    let unknown = || format!("schedule `{schedule}`: only rate(…) is imitated locally");
    let inner = schedule
        .strip_prefix("rate(")
        .and_then(|s| s.strip_suffix(')'));
    let (count, unit) = inner.and_then(|s| s.split_once(' ')).ok_or_else(unknown)?;
    let count: u64 = count.parse().map_err(|_| unknown())?;
    let unit_s = match unit.trim_end_matches('s') {
        "minute" => 60,
        "hour" => 3_600,
        "day" => 86_400,
        _ => return Err(unknown()),
    };
    count
        .checked_mul(unit_s)
        .filter(|s| *s > 0)
        .map(Duration::from_secs)
        .ok_or_else(unknown)
}

pub(super) fn cors(properties: &Value, scope: &Scope<'_>) -> Result<Cors, String> {
    let config = &properties["CorsConfiguration"];
    let list = |key: &str| match &config[key] {
        Value::Null => Ok(Vec::new()),
        Value::Array(values) => values.iter().map(|value| scope.text(value)).collect(),
        reference => Ok(scope
            .text(reference)?
            .split(',')
            .map(|s| s.trim().to_owned())
            .collect()),
    };
    Ok(Cors {
        origins: list("AllowOrigins")?,
        methods: list("AllowMethods")?,
        headers: list("AllowHeaders")?,
        max_age_s: number(&config["MaxAge"])?.unwrap_or(0),
    })
}

/// The rules of a topic rule resource, one for each function it invokes.
pub(super) fn rule(
    resource: &Value,
    resources: &Map<String, Value>,
) -> Result<Vec<TopicRule>, String> {
    let payload = &resource["Properties"]["TopicRulePayload"];
    let sql = payload["Sql"]
        .as_str()
        .ok_or("TopicRulePayload.Sql is missing")?;
    let actions = payload["Actions"]
        .as_array()
        .ok_or("TopicRulePayload.Actions is missing")?;
    actions
        .iter()
        .map(|action| {
            let target = action["Lambda"]["FunctionArn"]["Fn::GetAtt"].as_str();
            let function = target
                .and_then(|path| path.strip_suffix(".Arn"))
                .and_then(|name| resources.get(name))
                .and_then(binary)
                .ok_or_else(|| format!("action {action} is not imitated locally"))?;
            Ok(TopicRule {
                sql: sql.to_owned(),
                function,
            })
        })
        .collect()
}

/// `cart-intake` of `../target/lambda/cart-intake`, where `cargo lambda build` puts it.
fn binary(resource: &Value) -> Option<String> {
    let folder = resource["Properties"]["CodeUri"].as_str()?;
    folder.rsplit('/').next().map(str::to_owned)
}

fn timeout_s(properties: &Value, document: &Value) -> u64 {
    let default = &document["Globals"]["Function"]["Timeout"];
    properties["Timeout"]
        .as_u64()
        .or(default.as_u64())
        .unwrap_or(3)
}
