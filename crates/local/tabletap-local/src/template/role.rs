//! What the role of a function may do, from its `Policies`.
//!
//! Of resources only the table and its indexes are told apart: every other action stands for the one resource that the function knows
//! of. Of conditions those on `dynamodb:LeadingKeys` are looked at; another of the table's is an error, other services' are passed over. See IAM, "Actions, resources, and condition
//! keys for Amazon DynamoDB".

use super::values::{entries, only};
use serde_json::Value;

/// What a role may do: what no statement allows is refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Role {
    statements: Vec<Statement>,
}

/// One action on one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Such as `dynamodb:GetItem`.
    pub action: String,
    /// The index, where it is asked of one.
    pub index: Option<String>,
    /// Partition keys it touches.
    pub partitions: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Statement {
    actions: Vec<String>,
    /// Whether a resource of it is no index.
    whole: bool,
    indexes: Vec<String>,
    /// Patterns that every partition key must match one of.
    partitions: Option<Vec<String>>,
}

impl Role {
    /// Whether a statement allows it.
    #[must_use]
    pub fn allows(&self, act: &Act) -> bool {
        self.statements.iter().any(|statement| {
            let resource = match &act.index {
                Some(index) => statement.indexes.contains(index),
                None => statement.whole,
            };
            let keys = |patterns: &Vec<String>| {
                let mut keys = act.partitions.iter();
                keys.all(|key| patterns.iter().any(|pattern| is_like(key, pattern)))
            };
            resource
                && statement.actions.contains(&act.action)
                && statement.partitions.as_ref().is_none_or(keys)
        })
    }
}

/// Reads the `Policies` of a function.
pub(super) fn role(policies: &Value) -> Result<Role, String> {
    let mut statements = Vec::new();
    for policy in list(policies) {
        only(policy, &["Statement"])?;
        for statement in list(&policy["Statement"]) {
            statements.push(read(statement)?);
        }
    }
    Ok(Role { statements })
}

fn read(statement: &Value) -> Result<Statement, String> {
    only(statement, &["Effect", "Action", "Resource", "Condition"])?;
    if statement["Effect"] != "Allow" {
        return Err("statements that do not allow are not imitated locally".to_owned());
    }
    let resources: Vec<Option<String>> = list(&statement["Resource"]).map(index).collect();
    let actions = list(&statement["Action"]).map(|action| {
        let named = action.as_str().filter(|action| !action.contains('*'));
        let named = named.ok_or_else(|| format!("action {action} does not name one action"));
        named.map(str::to_owned)
    });
    Ok(Statement {
        actions: actions.collect::<Result<_, _>>()?,
        whole: resources.contains(&None),
        indexes: resources.into_iter().flatten().collect(),
        partitions: partitions(&statement["Condition"])?,
    })
}

/// `due` of `${TableArn}/index/due`.
fn index(resource: &Value) -> Option<String> {
    let arn = resource["Fn::Sub"].as_str()?;
    let (_, index) = arn.split_once("/index/")?;
    Some(index.to_owned())
}

fn partitions(condition: &Value) -> Result<Option<Vec<String>>, String> {
    let mut patterns = None;
    for (operator, keys) in entries(condition) {
        let of_table = entries(keys).filter(|(key, _)| key.starts_with("dynamodb:"));
        for (key, values) in of_table {
            if operator != "ForAllValues:StringLike" || key != "dynamodb:LeadingKeys" {
                return Err(format!("condition {condition} is not imitated locally"));
            }
            let texts = list(values).filter_map(|text| text.as_str().map(str::to_owned));
            patterns = Some(texts.collect());
        }
    }
    Ok(patterns)
}

/// None, one, or a list of several.
fn list(value: &Value) -> impl Iterator<Item = &Value> {
    let values = match value {
        Value::Array(values) => values.as_slice(),
        Value::Null => &[],
        one => std::slice::from_ref(one),
    };
    values.iter()
}

/// `*` stands for any text, at the end of a pattern only.
fn is_like(text: &str, pattern: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => text.starts_with(start),
        None => text == pattern,
    }
}
