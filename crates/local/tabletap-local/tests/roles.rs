//! A function may do what its policy in `infra/` says, and nothing else.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use aws_sdk_dynamodb::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    types::{AttributeValue, Delete, TransactWriteItem, Update},
};
use tabletap_local::{
    aws::sdk_config,
    roles::of_role,
    template::{Act, Template},
};

fn role(policies: &str) -> tabletap_local::template::Role {
    let text = format!(
        "Resources:\n  Thing:\n    Type: AWS::Serverless::Function\n    Properties: {{CodeUri: ../target/lambda/thing, Policies: [{{Statement: [{policies}]}}]}}\n"
    );
    let template = Template::read(&[("template.yaml", &text)], &|_| None).unwrap();
    template.functions.into_iter().next().unwrap().role
}

fn act(action: &str, index: Option<&str>, partitions: &[&str]) -> Act {
    Act {
        action: action.to_owned(),
        index: index.map(str::to_owned),
        partitions: partitions.iter().copied().map(str::to_owned).collect(),
    }
}

#[test]
fn a_statement_allows_its_actions_on_its_resources_and_partitions() {
    let role = role(
        "{Effect: Allow, Action: [dynamodb:GetItem, dynamodb:Query], Resource: !Ref TableArn, Condition: {ForAllValues:StringLike: {'dynamodb:LeadingKeys': ['STORE#*']}}}, \
         {Effect: Allow, Action: dynamodb:Query, Resource: !Sub '${TableArn}/index/due'}",
    );
    for (act, allowed) in [
        (act("dynamodb:GetItem", None, &["STORE#a"]), true),
        (act("dynamodb:GetItem", None, &["ORDER#a"]), false),
        (
            act("dynamodb:GetItem", None, &["STORE#a", "ORDER#a"]),
            false,
        ),
        (act("dynamodb:PutItem", None, &["STORE#a"]), false),
        (act("dynamodb:Query", Some("due"), &["DUE#a"]), true),
        (
            act("dynamodb:Query", Some("open-orders"), &["DUE#a"]),
            false,
        ),
        (act("dynamodb:GetItem", Some("due"), &[]), false),
    ] {
        assert_eq!(role.allows(&act), allowed, "{act:?}");
    }
}

#[test]
fn every_function_of_the_template_has_a_role_that_deletes_and_writes_no_more_than_it_must() {
    let template = Template::embedded(&|name| Some(name.to_owned())).unwrap();
    let may = |name: &str, action: &str| {
        let role = &template.function(name).unwrap().role;
        role.allows(&act(action, None, &["PAYMENT#a"]))
    };
    for name in ["order-status", "table-session"] {
        for action in ["PutItem", "UpdateItem", "DeleteItem"] {
            assert!(!may(name, &format!("dynamodb:{action}")), "{name} {action}");
        }
    }
    assert!(may("order-status", "dynamodb:BatchGetItem"));
    assert!(may("receipt-mailer", "ses:SendEmail") && !may("checkout", "ses:SendEmail"));
    assert!(
        !may("cart-intake", "iot:Publish"),
        "intake publishes nothing"
    );
}

#[tokio::test]
async fn what_the_role_does_not_allow_is_refused_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let guard = tabletap_local::guard::Guard::of_part("of-this-run");
    let _table =
        tabletap_local::table::Table::serve(&folder.path().join("table.db"), listener, guard)
            .unwrap();
    let sdk = sdk_config(&endpoint, "of-this-run");
    let owner = Client::new(&sdk);
    tabletap_store::schema::create(&owner, "tabletap")
        .await
        .unwrap();
    let guarded = Client::new(&of_role(
        &sdk,
        "thing",
        &role(
            "{Effect: Allow, Action: [dynamodb:GetItem, dynamodb:UpdateItem], Resource: !Ref TableArn}",
        ),
    ));
    let key = |name: &str, value: &str| (name.to_owned(), AttributeValue::S(value.to_owned()));
    let row = || [key("pk", "a"), key("sk", "b")].into_iter().collect();
    let update = Update::builder()
        .table_name("tabletap")
        .set_key(Some(row()))
        .update_expression("SET n = :n")
        .expression_attribute_values(":n", AttributeValue::N("1".to_owned()))
        .build()
        .unwrap();
    let delete = Delete::builder()
        .table_name("tabletap")
        .set_key(Some([key("pk", "c"), key("sk", "d")].into_iter().collect()))
        .build()
        .unwrap();
    let both = guarded
        .transact_write_items()
        .transact_items(TransactWriteItem::builder().update(update.clone()).build())
        .transact_items(TransactWriteItem::builder().delete(delete).build());
    let refused = both.send().await.unwrap_err();
    assert!(matches!(&refused, SdkError::ServiceError(_)), "{refused:?}");
    assert_eq!(refused.code(), Some("AccessDeniedException"));
    let read = || {
        let read = guarded.get_item().table_name("tabletap");
        read.set_key(Some(row())).send()
    };
    assert_eq!(read().await.unwrap().item, None, "nothing was written");
    let one = guarded
        .transact_write_items()
        .transact_items(TransactWriteItem::builder().update(update).build());
    one.send().await.unwrap();
    assert!(read().await.unwrap().item.is_some());
}
