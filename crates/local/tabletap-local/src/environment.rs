//! What every part finds around itself: settings, data, addresses, and the ways to the other parts that follow from them.

use std::{net::SocketAddr, sync::Arc};

use anyhow::Result;
use tabletap_store::Store;

use crate::{
    addresses::{RunFile, on_this_machine, url},
    aws,
    bucket::Bucket,
    certs::Certs,
    data_folder::DataFolder,
    functions::Invoker,
    guard::{Access, Guard},
    http,
    names::{CONFIGURATION_SET, EVENT_BUS, MAIL_FROM, SITE_BUCKET, TABLE},
    settings::Settings,
    template::Template,
};

/// What a part finds around itself.
#[derive(Clone, Debug)]
pub struct Environment {
    /// How the program was started.
    pub settings: Settings,
    /// Where it keeps its data.
    pub data: Arc<DataFolder>,
    /// Where the parts are.
    pub run: RunFile,
}

impl Environment {
    /// The table, for the program's own questions.
    #[must_use]
    pub fn store(&self) -> Store {
        let config = aws::sdk_config(&url(self.run.addresses.table), &self.run.token);
        Store::from_sdk(&config, TABLE)
    }

    /// Reads the template with what this program puts in for parameters.
    ///
    /// # Errors
    /// When the template cannot be imitated, or the secrets cannot be read.
    pub fn template(&self) -> Result<Template> {
        let secrets = self.data.secrets()?;
        let iot = url(self.run.addresses.data_plane);
        let stripe_accounts = self.stripe_accounts()?;
        let values = |name: &str| match name {
            "TableName" => Some(TABLE.to_owned()),
            "SessionKeyArn" => Some("session-key".to_owned()),
            // What `{{resolve:secretsmanager:session-key}}` stands for.
            "session-key" => Some(secrets.session_key.clone()),
            "CustomerKeyArn" => Some("customer-key".to_owned()),
            "customer-key" => Some(secrets.customer_key.clone()),
            "SessionTtlSeconds" => Some(
                self.settings
                    .session_ttl_s
                    .clone()
                    .unwrap_or("3600".to_owned()),
            ),
            // They are read at each start.
            "SecretsRevision" => Some("1".to_owned()),
            "StripeAccountsArn" => Some("stripe-accounts".to_owned()),
            "stripe-accounts" => Some(stripe_accounts.clone()),
            "StripeApiBase" => Some(self.stripe_api()),
            "IotEndpoint" => Some(iot.clone()),
            "EventBus" | "EventBusName" => Some(EVENT_BUS.to_owned()),
            "MailFrom" => Some(MAIL_FROM.to_owned()),
            "MailEvents" => Some(CONFIGURATION_SET.to_owned()),
            "SiteBucketName" => Some(SITE_BUCKET.to_owned()),
            "SiteOrigins" | "SiteUrl" => Some(self.run.url.clone()),
            "Stage" => Some("local".to_owned()),
            _ => None,
        };
        Ok(Template::embedded(&values)?)
    }

    pub(crate) fn invoker(&self) -> Invoker {
        Invoker::new(url(self.run.addresses.functions)).with_token(&self.run.token)
    }

    /// A client that the parts let in.
    #[must_use]
    pub fn client(&self) -> reqwest::Client {
        http::client_with(&self.run.token)
    }

    pub(crate) fn guard(&self) -> Guard {
        Guard::of_part(&self.run.token)
    }

    pub(crate) fn guard_of(&self, address: SocketAddr, access: fn(&str) -> Access) -> Guard {
        let shares_console = self.settings.share_console;
        Guard::new(&self.run.token, address.ip(), shares_console, access)
    }

    /// The payment accounts, as the functions' secret names them.
    ///
    /// # Errors
    /// When the secrets cannot be read.
    pub fn stripe_accounts(&self) -> Result<String> {
        if let Some(external) = &self.settings.stripe {
            return Ok(external.accounts.clone());
        }
        Ok(serde_json::to_string(&self.data.secrets()?.stripe)?)
    }

    /// Where the functions find Stripe's API.
    #[must_use]
    pub fn stripe_api(&self) -> String {
        match &self.settings.stripe {
            Some(external) => external.api_base.clone(),
            None => on_this_machine(self.run.addresses.stripe),
        }
    }

    /// Creates the table where it is not there yet.
    ///
    /// # Errors
    /// When the table's part does not answer.
    pub async fn create_table(&self) -> Result<()> {
        let config = aws::sdk_config(&url(self.run.addresses.table), &self.run.token);
        let client = aws_sdk_dynamodb::Client::new(&config);
        Ok(tabletap_store::schema::create(&client, TABLE).await?)
    }

    /// The site's files.
    #[must_use]
    pub fn site(&self) -> Bucket {
        Bucket::new(self.data.join("site"))
    }

    /// The certificates, made on first use.
    ///
    /// # Errors
    /// When one of the files is broken.
    pub fn certs(&self) -> Result<Certs> {
        Certs::open(&self.data.join("certs"))
    }
}
