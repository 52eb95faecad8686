//! Decides what a thing may do, from the same IoT policy document that production attaches to its certificate.
//!
//! Reads the `AWS::IoT::Policy` of a template (`infra/printers.yaml`). Knows what that policy uses and refuses to load
//! anything else: a statement it cannot judge must not pass for one it has judged.
//! See AWS IoT, "AWS IoT Core policies" and "Thing policy variables".

use anyhow::{Context as _, Result, bail, ensure};
use saphyr::{LoadableYamlNode as _, Yaml};

const THING_NAME: &str = "${iot:Connection.Thing.ThingName}";

/// The policy of printer agents. Whatever no statement allows is denied.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    statements: Vec<Statement>,
}

#[derive(Debug, Clone)]
struct Statement {
    actions: Vec<String>,
    resources: Vec<String>,
    connect_attributes: Vec<String>,
}

impl Policy {
    /// Reads the one `AWS::IoT::Policy` of a SAM template.
    ///
    /// # Errors
    /// When the text is no YAML, holds no such resource, or the policy uses something this evaluator does not judge.
    pub fn from_template(text: &str) -> Result<Policy> {
        let documents = Yaml::load_from_str(text).context("the template is no YAML")?;
        let resources = documents
            .first()
            .and_then(|root| root.as_mapping_get("Resources"))
            .and_then(Yaml::as_mapping)
            .context("the template has no Resources")?;
        let policy = resources
            .values()
            .find(|resource| text_at(resource, "Type").as_deref() == Some("AWS::IoT::Policy"))
            .context("the template has no AWS::IoT::Policy")?;
        let statements = policy
            .as_mapping_get("Properties")
            .and_then(|properties| properties.as_mapping_get("PolicyDocument"))
            .and_then(|document| document.as_mapping_get("Statement"))
            .and_then(Yaml::as_sequence)
            .context("the IoT policy has no Statement list")?;
        Ok(Policy {
            statements: statements.iter().map(statement).collect::<Result<_>>()?,
        })
    }

    /// The policy of the templates this program was built with.
    ///
    /// # Errors
    /// As [`Policy::from_template`].
    pub fn embedded() -> Result<Policy> {
        let (_, text) = crate::template::EMBEDDED
            .iter()
            .find(|(_, text)| text.contains("Type: AWS::IoT::Policy"))
            .context("no template has an AWS::IoT::Policy")?;
        Policy::from_template(text)
    }

    /// Whether `thing` may do `action` (`iot:Publish`) on `resource` (`topic/tt/…/up`).
    #[must_use]
    pub fn allows(&self, thing: &str, action: &str, resource: &str) -> bool {
        self.statements
            .iter()
            .any(|statement| statement.allows(thing, action, resource))
    }

    /// Whether `thing` may connect as `client_id`, using these connect attributes (`LastWill`, `PersistentConnect`).
    #[must_use]
    pub fn allows_connect(&self, thing: &str, client_id: &str, attributes: &[&str]) -> bool {
        let resource = format!("client/{client_id}");
        self.statements.iter().any(|statement| {
            statement.allows(thing, "iot:Connect", &resource)
                && attributes
                    .iter()
                    .all(|used| statement.connect_attributes.iter().any(|a| a == used))
        })
    }
}

impl Statement {
    fn allows(&self, thing: &str, action: &str, resource: &str) -> bool {
        self.actions.iter().any(|allowed| allowed == action)
            && self
                .resources
                .iter()
                .any(|allowed| allowed.replace(THING_NAME, thing) == resource)
    }
}

fn statement(node: &Yaml<'_>) -> Result<Statement> {
    ensure!(
        text_at(node, "Effect").as_deref() == Some("Allow"),
        "only Effect: Allow is judged"
    );
    let actions = texts_at(node, "Action");
    let resources = texts_at(node, "Resource")
        .iter()
        .map(|arn| resource_of(arn))
        .collect::<Result<Vec<_>>>()?;
    ensure!(
        !actions.is_empty() && !resources.is_empty(),
        "a statement without Action or Resource"
    );
    ensure!(
        !actions.iter().any(|action| action.contains('*')),
        "a wildcard in {actions:?}"
    );
    let mut connect_attributes = Vec::new();
    if let Some(conditions) = node.as_mapping_get("Condition") {
        for (operator, condition) in conditions.as_mapping().context("Condition is no mapping")? {
            match operator.as_str() {
                // Holds by itself: the thing is what the certificate names, and each has one.
                Some("Bool")
                    if !texts_at(condition, "iot:Connection.Thing.IsAttached").is_empty() => {}
                Some("ForAllValues:StringEquals") => {
                    connect_attributes = texts_at(condition, "iot:ConnectAttributes");
                }
                other => bail!("the condition {other:?} is not judged"),
            }
        }
    }
    Ok(Statement {
        actions,
        resources,
        connect_attributes,
    })
}

/// `arn:…:${AWS::AccountId}:topic/tt/${!iot:…}/up` → `topic/tt/${iot:…}/up`: partition, region and account are ours.
fn resource_of(arn: &str) -> Result<String> {
    let resource = arn
        .split_once("${AWS::AccountId}:")
        .map_or(arn, |(_, resource)| resource);
    let resource = resource.replace("${!", "${");
    let literal = resource.replace(THING_NAME, "");
    ensure!(
        !literal.contains(['*', '?', '$']),
        "{arn:?} holds a wildcard or a variable that is not judged"
    );
    Ok(resource)
}

/// The value under `key`, whether plain or behind a tag such as `!Sub`.
fn text_at(node: &Yaml<'_>, key: &str) -> Option<String> {
    texts_at(node, key).into_iter().next()
}

fn texts_at(node: &Yaml<'_>, key: &str) -> Vec<String> {
    let Some(value) = node.as_mapping_get(key).map(untagged) else {
        return Vec::new();
    };
    let items = value
        .as_sequence()
        .map_or(std::slice::from_ref(value), Vec::as_slice);
    items
        .iter()
        .filter_map(|item| untagged(item).as_str().map(str::to_owned))
        .collect()
}

fn untagged<'a, 'b>(node: &'a Yaml<'b>) -> &'a Yaml<'b> {
    match node {
        Yaml::Tagged(_, inner) => inner,
        plain => plain,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    const THING: &str = "kumo:sushi:kitchen-pc";

    #[test]
    fn the_shipped_policy_is_exactly_its_allow_list() {
        let policy = Policy::embedded().unwrap();
        let allowed = [
            ("iot:Subscribe", "topicfilter/tt/kumo:sushi:kitchen-pc/down"),
            ("iot:Receive", "topic/tt/kumo:sushi:kitchen-pc/down"),
            ("iot:Publish", "topic/tt/kumo:sushi:kitchen-pc/up"),
            ("iot:Publish", "topic/tt/kumo:sushi:kitchen-pc/state"),
            ("iot:RetainPublish", "topic/tt/kumo:sushi:kitchen-pc/state"),
        ];
        let actions = [
            "iot:Subscribe",
            "iot:Receive",
            "iot:Publish",
            "iot:RetainPublish",
        ];
        for action in actions {
            for kind in ["topic", "topicfilter"] {
                for thing in [THING, "kumo:sushi:other", "+", "#", ""] {
                    for end in ["down", "up", "state", "+", "#", ""] {
                        let resource = format!("{kind}/tt/{thing}/{end}");
                        let expected = allowed.contains(&(action, resource.as_str()));
                        assert_eq!(
                            policy.allows(THING, action, &resource),
                            expected,
                            "{action} {resource}"
                        );
                    }
                }
            }
        }
        let attributes = ["PersistentConnect", "LastWill"];
        assert!(policy.allows_connect(THING, THING, &attributes));
        assert!(policy.allows_connect(THING, THING, &[]));
        assert!(!policy.allows_connect(THING, "kumo:sushi:other", &attributes));
        assert!(!policy.allows_connect(THING, THING, &["Other"]));
    }

    #[test]
    fn a_policy_it_cannot_judge_is_refused() {
        let template = |body: &str| {
            format!(
                "Resources: {{P: {{Type: AWS::IoT::Policy, Properties: {{PolicyDocument: {{Statement: [{body}]}}}}}}}}"
            )
        };
        for body in [
            "{Effect: Deny, Action: iot:Publish, Resource: topic/a}",
            "{Effect: Allow, Action: 'iot:*', Resource: topic/a}",
            "{Effect: Allow, Action: iot:Publish, Resource: 'topic/*'}",
            "{Effect: Allow, Action: iot:Publish, Resource: 'topic/${iot:ClientId}'}",
            "{Effect: Allow, Action: iot:Publish, Resource: topic/a, Condition: {IpAddress: {a: b}}}",
            "{Effect: Allow, Action: iot:Publish}",
        ] {
            assert!(Policy::from_template(&template(body)).is_err(), "{body}");
        }
        assert!(Policy::from_template("Resources: {}").is_err());
    }
}
