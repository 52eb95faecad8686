//! Rules of event buses, queues, and queues as event sources.
//!
//! A rule, its queues and the function they invoke stand in one template file. See AWS CloudFormation, `AWS::Events::Rule` and
//! `AWS::SQS::Queue`, and AWS SAM, "SQS" event source.

use std::time::Duration;

use serde_json::{Map, Value};

use super::{
    EventRule, Queue, QueueSource, Redrive, Template,
    values::{Scope, number, only, reports_item_failures},
};
use crate::{filter::Filter, names::DEFAULT_BUS};

type Resources = Map<String, Value>;

pub(super) fn rule(
    properties: &Value,
    resources: &Resources,
    scope: &Scope<'_>,
) -> Result<EventRule, String> {
    only(
        properties,
        &[
            "Description",
            "EventBusName",
            "EventPattern",
            "Name",
            "State",
            "Targets",
        ],
    )?;
    if !(properties["State"].is_null() || properties["State"] == "ENABLED") {
        return Err("a rule that is switched off is not imitated locally".to_owned());
    }
    let targets = properties["Targets"].as_array();
    let targets = targets.ok_or("Targets is missing")?.iter().map(|target| {
        only(target, &["Arn", "DeadLetterConfig", "Id", "RetryPolicy"])?;
        queue_of(&target["Arn"], resources)
    });
    let bus = match &properties["EventBusName"] {
        // The account's own, which services publish to.
        Value::Null => DEFAULT_BUS.to_owned(),
        name => scope.text(name)?,
    };
    Ok(EventRule {
        bus,
        pattern: Filter::new(properties["EventPattern"].clone())
            .map_err(|problem| format!("EventPattern: {problem}"))?,
        queues: targets.collect::<Result<_, _>>()?,
    })
}

pub(super) fn queue(
    name: &str,
    properties: &Value,
    resources: &Resources,
) -> Result<Queue, String> {
    only(
        properties,
        &[
            "MessageRetentionPeriod",
            "QueueName",
            "RedrivePolicy",
            "SqsManagedSseEnabled",
            "VisibilityTimeout",
        ],
    )?;
    let seconds = |key: &str, default: u64| -> Result<Duration, String> {
        Ok(Duration::from_secs(
            number(&properties[key])?.unwrap_or(default),
        ))
    };
    let redrive = match &properties["RedrivePolicy"] {
        Value::Null => None,
        policy => Some(Redrive {
            queue: queue_of(&policy["deadLetterTargetArn"], resources)?,
            receives_max: number(&policy["maxReceiveCount"])?
                .ok_or("maxReceiveCount is missing")?,
        }),
    };
    Ok(Queue {
        name: name.to_owned(),
        visibility: seconds("VisibilityTimeout", 30)?,
        retention: seconds("MessageRetentionPeriod", 345_600)?,
        redrive,
    })
}

pub(super) fn source(properties: &Value, resources: &Resources) -> Result<QueueSource, String> {
    only(
        properties,
        &[
            "BatchSize",
            "Enabled",
            "FunctionResponseTypes",
            "MaximumBatchingWindowInSeconds",
            "Queue",
            "ScalingConfig",
        ],
    )?;
    if number::<u32>(&properties["MaximumBatchingWindowInSeconds"])?.unwrap_or(0) != 0 {
        return Err("MaximumBatchingWindowInSeconds must be 0 locally".to_owned());
    }
    Ok(QueueSource {
        queue: queue_of(&properties["Queue"], resources)?,
        batch_size: number(&properties["BatchSize"])?.unwrap_or(10),
        // Lambda begins with five, too.
        concurrency_max: number(&properties["ScalingConfig"]["MaximumConcurrency"])?.unwrap_or(5),
        reports_item_failures: reports_item_failures(properties),
    })
}

/// `MenuChanges` of `!GetAtt MenuChanges.Arn`, where that is a queue of the same file.
fn queue_of(arn: &Value, resources: &Resources) -> Result<String, String> {
    arn["Fn::GetAtt"]
        .as_str()
        .and_then(|path| path.strip_suffix(".Arn"))
        .filter(|name| {
            resources
                .get(*name)
                .is_some_and(|resource| resource["Type"] == "AWS::SQS::Queue")
        })
        .map(str::to_owned)
        .ok_or_else(|| format!("{arn} is no queue of this file"))
}

/// What would go wrong in silence: a message that comes again while its first try still runs, a queue that two readers share.
pub(super) fn check(template: &Template) -> Result<(), String> {
    let mut read = Vec::new();
    for function in &template.functions {
        for source in &function.queues {
            let queue = template
                .queues
                .iter()
                .find(|queue| queue.name == source.queue);
            if queue.is_none_or(|queue| queue.visibility < function.timeout) {
                return Err(format!(
                    "VisibilityTimeout of `{}` is shorter than the time-out of `{}`",
                    source.queue, function.name
                ));
            }
            if read.contains(&&source.queue) {
                return Err(format!("two functions read the queue `{}`", source.queue));
            }
            read.push(&source.queue);
        }
    }
    let mut names: Vec<&String> = template.queues.iter().map(|queue| &queue.name).collect();
    names.sort();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(format!("two queues are called `{}`", pair[0])),
        None => Ok(()),
    }
}
