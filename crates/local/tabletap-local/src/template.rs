//! What the SAM template says: functions with their environment, rights and events, topic rules, the bus's rules and queues, CORS.
//!
//! The local program is wired from `infra/template.yaml` and its nested templates, so a function's routes, events,
//! variables and rights are written once. Only what the program imitates is read; an event or intrinsic it does not
//! know is an error at start, never skipped. See AWS, "AWS SAM resource and property reference".

mod messaging;
mod nested;
mod properties;
mod role;
mod values;
pub mod yaml;

use std::{collections::BTreeMap, time::Duration};

pub use nested::{EMBEDDED, File};
pub use role::{Act, Role};

use crate::filter::Filter;

/// Values of parameters, resources and secrets by name, as the local program supplies them.
pub type Values<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Everything the local program takes from the template.
#[derive(Debug, Default)]
pub struct Template {
    /// The functions, in template order.
    pub functions: Vec<Function>,
    /// The topic rules, in template order.
    pub rules: Vec<TopicRule>,
    /// The rules of event buses, in template order.
    pub event_rules: Vec<EventRule>,
    /// The queues, in template order.
    pub queues: Vec<Queue>,
    /// CORS of the HTTP API.
    pub cors: Cors,
}

/// One `AWS::Serverless::Function`.
#[derive(Debug)]
pub struct Function {
    /// Name of its binary, which is also the name of its crate and the name it is invoked by.
    pub name: String,
    /// How long one invocation may take.
    pub timeout: Duration,
    /// Its environment, resolved.
    pub environment: BTreeMap<String, String>,
    /// What it may do.
    pub role: Role,
    /// Routes of the HTTP API that invoke it.
    pub routes: Vec<Route>,
    /// Streams that invoke it.
    pub streams: Vec<StreamSource>,
    /// Queues that invoke it.
    pub queues: Vec<QueueSource>,
    /// How often schedules invoke it.
    pub schedules: Vec<Duration>,
    /// How often a failed asynchronous invocation is tried again.
    pub async_retries: u32,
}

/// A route of the HTTP API, such as `GET /v1/orders/{order_id}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Upper-case method.
    pub method: String,
    /// Path with parameters in braces.
    pub path: String,
}

/// Settings of a DynamoDB stream as an event source. See AWS Lambda, "Process DynamoDB records with Lambda".
#[derive(Clone, Debug)]
pub struct StreamSource {
    /// Records in one invocation at most.
    pub batch_size: usize,
    /// Failed invocations after the first before the batch is given up; none means without end.
    pub retries_max: Option<u32>,
    /// Age at which a record is given up; none means never.
    pub record_age_max: Option<Duration>,
    /// Whether a failed batch is cut in half.
    pub bisect: bool,
    /// Whether the function names the records that failed.
    pub reports_item_failures: bool,
    /// Whether reading begins at the oldest record (else at the newest).
    pub from_oldest: bool,
    /// Records that match one of them are delivered; all, where there is none.
    pub filters: Vec<Filter>,
}

/// One `AWS::Events::Rule` of a bus.
#[derive(Clone, Debug)]
pub struct EventRule {
    /// The bus it belongs to.
    pub bus: String,
    /// The events it lets through.
    pub pattern: Filter,
    /// The queues it sends them to.
    pub queues: Vec<String>,
}

/// One `AWS::SQS::Queue`, called by its logical id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    pub name: String,
    /// How long a message that was received is hidden from others.
    pub visibility: Duration,
    /// Age at which a message is forgotten.
    pub retention: Duration,
    /// Where messages go that were received too often.
    pub redrive: Option<Redrive>,
}

/// `RedrivePolicy` of a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redrive {
    /// The dead-letter queue.
    pub queue: String,
    /// How often a message is received at most.
    pub receives_max: u32,
}

/// Settings of a queue as an event source. See AWS Lambda, "Using Lambda with Amazon SQS".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueSource {
    pub queue: String,
    /// Messages in one invocation at most.
    pub batch_size: usize,
    /// Invocations at the same time at most.
    pub concurrency_max: usize,
    /// Whether the function names the messages that failed.
    pub reports_item_failures: bool,
}

/// One `AWS::IoT::TopicRule` that invokes a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicRule {
    /// The rule's SQL.
    pub sql: String,
    /// Name of the function it invokes.
    pub function: String,
}

/// CORS of the HTTP API; empty where the template has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cors {
    /// Origins whose pages may call.
    pub origins: Vec<String>,
    /// Methods they may use.
    pub methods: Vec<String>,
    /// Headers they may send.
    pub headers: Vec<String>,
    /// How long a browser may remember the answer, in seconds.
    pub max_age_s: u64,
}

/// Why a template cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("infra/{file}: {place}{problem}")]
pub struct TemplateError {
    /// The file, as its `Location` names it.
    pub file: String,
    /// The resource, with a colon and a space; empty where the whole file is meant.
    pub place: String,
    /// What is wrong.
    pub problem: String,
}

impl Template {
    /// Reads the templates this program was built with.
    ///
    /// # Errors
    /// [`TemplateError`] names the file and the resource the program cannot imitate.
    pub fn embedded(values: Values<'_>) -> Result<Self, TemplateError> {
        Self::read(EMBEDDED, values)
    }

    /// Reads `files`, of which `template.yaml` nests the others.
    ///
    /// # Errors
    /// As [`Template::embedded`].
    pub fn read(files: &[File<'_>], values: Values<'_>) -> Result<Self, TemplateError> {
        nested::read(files, values)
    }

    /// The function called `name`.
    #[must_use]
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.name == name)
    }
}
