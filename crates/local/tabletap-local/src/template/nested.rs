//! Walks the root template and its nested ones; turns resources into what the program imitates.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Template, TemplateError, Values, messaging, properties, values::Scope, yaml};

/// One template file: its name as `Location` gives it, and its text.
pub type File<'a> = (&'a str, &'a str);

/// The templates this program was built with: all files of `infra/`, listed by build.rs.
pub const EMBEDDED: &[File<'static>] = include!(concat!(env!("OUT_DIR"), "/templates.rs"));

/// The template that nests the others.
const ROOT: &str = "template.yaml";

pub(super) fn read(files: &[File<'_>], values: Values<'_>) -> Result<Template, TemplateError> {
    let mut documents = BTreeMap::new();
    for (name, text) in files {
        let document = yaml::read(text).map_err(|problem| error(name, "", problem))?;
        documents.insert(*name, document);
    }
    if !documents.contains_key(ROOT) {
        return Err(error(ROOT, "", "it is missing".to_owned()));
    }
    let mut template = Template::default();
    read_file(ROOT, &documents, values, &mut template)?;
    for rule in &template.rules {
        if template.function(&rule.function).is_none() {
            let problem = format!(
                "a topic rule invokes `{}`, which is no function",
                rule.function
            );
            return Err(error(ROOT, "", problem));
        }
    }
    messaging::check(&template).map_err(|problem| error(ROOT, "", problem))?;
    Ok(template)
}

fn read_file(
    file: &str,
    documents: &BTreeMap<&str, Value>,
    values: Values<'_>,
    template: &mut Template,
) -> Result<(), TemplateError> {
    let document = &documents[file];
    let resources = object(document, "Resources")
        .ok_or_else(|| error(file, "", "there are no Resources".to_owned()))?;
    let scope = Scope { document, values };
    for (name, resource) in resources {
        let kind = resource["Type"].as_str().unwrap_or_default();
        let fail = |problem: String| error(file, name, problem);
        match kind {
            "AWS::Serverless::Application" => {
                let location = resource["Properties"]["Location"]
                    .as_str()
                    .unwrap_or_default();
                let nested = documents
                    .get(location)
                    .ok_or_else(|| fail(format!("there is no template `{location}`")))?;
                check_parameters(&resource["Properties"], nested).map_err(fail)?;
                read_file(location, documents, values, template)?;
            }
            "AWS::Serverless::Function" => {
                template
                    .functions
                    .push(properties::function(resource, resources, &scope).map_err(fail)?);
            }
            "AWS::Serverless::HttpApi" => {
                template.cors = properties::cors(&resource["Properties"], &scope).map_err(fail)?;
            }
            "AWS::IoT::TopicRule" => {
                template
                    .rules
                    .extend(properties::rule(resource, resources).map_err(fail)?);
            }
            "AWS::Events::Rule" => {
                let rule = messaging::rule(&resource["Properties"], resources, &scope);
                template.event_rules.push(rule.map_err(fail)?);
            }
            "AWS::SQS::Queue" => {
                let queue = messaging::queue(name, &resource["Properties"], resources);
                template.queues.push(queue.map_err(fail)?);
            }
            _ => {}
        }
    }
    Ok(())
}

/// A parameter forgotten or misspelt between two files would show only at deployment; here it shows at start.
fn check_parameters(properties: &Value, nested: &Value) -> Result<(), String> {
    let none = Map::new();
    let given = object(properties, "Parameters").unwrap_or(&none);
    let declared = object(nested, "Parameters").unwrap_or(&none);
    if let Some(unknown) = given.keys().find(|name| !declared.contains_key(*name)) {
        return Err(format!(
            "passes `{unknown}`, which the nested template does not declare"
        ));
    }
    let missing = |(name, parameter): &(&String, &Value)| {
        !given.contains_key(*name) && parameter.get("Default").is_none()
    };
    match declared.iter().find(missing) {
        Some((name, _)) => Err(format!("does not pass `{name}`")),
        None => Ok(()),
    }
}

fn object<'a>(value: &'a Value, key: &str) -> Option<&'a Map<String, Value>> {
    value.get(key).and_then(Value::as_object)
}

fn error(file: &str, resource: &str, problem: String) -> TemplateError {
    let place = if resource.is_empty() {
        String::new()
    } else {
        format!("{resource}: ")
    };
    TemplateError {
        file: file.to_owned(),
        place,
        problem,
    }
}
