//! What may be asked of a new session. See Stripe, "Create a Checkout Session".

use serde_json::{Value, json};

use crate::{
    acts::{NewLine, NewSession},
    currency,
    error::ApiError,
    params::Param,
};

const KNOWN: &str = "adaptive_pricing after_expiration allow_promotion_codes automatic_tax billing_address_collection \
    branding_settings cancel_url client_reference_id consent_collection currency custom_fields custom_text \
    customer_creation customer_email excluded_payment_method_types expand expires_at integration_identifier \
    invoice_creation line_items locale managed_payments metadata mode name_collection origin_context \
    payment_intent_data payment_method_collection payment_method_configuration payment_method_options \
    payment_method_types permissions phone_number_collection redirect_on_completion \
    saved_payment_method_options submit_type success_url tax_id_collection ui_mode wallet_options";
const INTENT: &str = "capture_method description metadata receipt_email setup_future_usage statement_descriptor \
    statement_descriptor_suffix transfer_group";
const MINUTE_S: i64 = 60;
const LINES_MAX: usize = 100;
const AMOUNT_MAX: i64 = 99_999_999;

/// Reads and checks the parameters.
pub(super) fn read(params: &Param<'_>, now_s: i64) -> Result<NewSession, ApiError> {
    params.may_hold(KNOWN)?;
    let mode = params.at("mode");
    match mode.one_of("payment setup subscription")? {
        Some("payment") => {}
        Some(_) => return Err(mode.wrong("The local Stripe plays `mode=payment` only.")),
        None => return Err(mode.missing()),
    }
    params.at("ui_mode").one_of("hosted hosted_page")?;
    let success_url = params.at("success_url");
    if success_url.url()?.is_none() {
        return Err(success_url.missing());
    }
    let expires_at = expiry(&params.at("expires_at"), now_s)?;
    let (currency, lines) = lines(params)?;
    let amount = lines.iter().try_fold(0_i64, |sum, line| {
        sum.checked_add(line.unit_amount.checked_mul(line.quantity)?)
    });
    let amount = amount
        .filter(|amount| *amount <= AMOUNT_MAX)
        .ok_or_else(|| {
            let sentence = "The Checkout Session's total amount must be no more than 99999999.";
            ApiError::invalid(sentence).code("amount_too_large")
        })?;
    let least = currency::minimum(&currency);
    if amount > 0 && amount < least {
        let sentence = format!(
            "The Checkout Session's total amount due must add up to at least {}.",
            currency::shown(least, &currency)
        );
        return Err(ApiError::invalid(sentence).code("amount_too_small"));
    }
    Ok(NewSession {
        currency,
        lines,
        amount,
        expires_at,
        given: given(params)?,
        intent: intent(&params.at("payment_intent_data"))?,
    })
}

fn expiry(param: &Param<'_>, now_s: i64) -> Result<i64, ApiError> {
    let Some(at) = param.integer()? else {
        return Ok(now_s + 24 * 60 * MINUTE_S);
    };
    if at < now_s + 30 * MINUTE_S {
        return Err(param.wrong("The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation."));
    }
    if at > now_s + 24 * 60 * MINUTE_S {
        return Err(param.wrong(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
        ));
    }
    Ok(at)
}

fn lines(params: &Param<'_>) -> Result<(String, Vec<NewLine>), ApiError> {
    let param = params.at("line_items");
    let items = param.items()?;
    if items.is_empty() {
        return Err(param.missing());
    }
    if items.len() > LINES_MAX {
        return Err(param.wrong("Checkout Sessions can have at most 100 line items."));
    }
    let mut currency: Option<String> = None;
    let mut lines = Vec::new();
    for item in &items {
        let own = read_currency(&item.at("price_data").at("currency"))?;
        if currency.as_ref().is_some_and(|first| *first != own) {
            let sentence = "All line items of a Checkout Session must have the same currency.";
            return Err(item.at("price_data").at("currency").wrong(sentence));
        }
        lines.push(line(item, &own)?);
        currency = Some(own);
    }
    let currency = currency.unwrap_or_default();
    Ok((currency, lines))
}

fn read_currency(param: &Param<'_>) -> Result<String, ApiError> {
    let text = param.needed_text()?.to_lowercase();
    match currency::decimals(&text) {
        Some(_) => Ok(text),
        None => Err(param.wrong(format!("Invalid currency: {text}."))),
    }
}

fn line(item: &Param<'_>, currency: &str) -> Result<NewLine, ApiError> {
    item.may_hold("adjustable_quantity metadata price_data quantity")?;
    let price = item.at("price_data");
    price.may_hold("currency metadata product_data tax_behavior unit_amount")?;
    let product = price.at("product_data");
    product.may_hold("description images metadata name tax_code unit_label")?;
    let amount = price.at("unit_amount");
    let unit_amount = amount
        .integer_in(0, AMOUNT_MAX)?
        .ok_or_else(|| amount.missing())?;
    if currency::decimals(currency) == Some(3) && unit_amount % 10 != 0 {
        let code = currency.to_uppercase();
        return Err(amount.wrong(format!("Invalid {code} amount: the last digit must be 0.")));
    }
    let quantity = item.at("quantity");
    Ok(NewLine {
        name: product.at("name").needed_text()?.to_owned(),
        unit_amount,
        quantity: quantity
            .integer_in(1, 999_999)?
            .ok_or_else(|| quantity.missing())?,
        tax_behavior: price
            .at("tax_behavior")
            .one_of("exclusive inclusive unspecified")?
            .unwrap_or("unspecified")
            .to_owned(),
    })
}

/// What the session shows as it was given.
fn given(params: &Param<'_>) -> Result<Value, ApiError> {
    let email = params.at("customer_email");
    let address = email.short_text(800)?;
    if address.is_some_and(|address| {
        address
            .split_once('@')
            .is_none_or(|(a, b)| a.is_empty() || !b.contains('.'))
    }) {
        let sentence = format!("Invalid email address: {}", address.unwrap_or_default());
        return Err(email.wrong(sentence).code("email_invalid"));
    }
    let mut methods: Vec<&str> = Vec::new();
    for method in params.at("payment_method_types").items()? {
        methods.extend(method.text()?);
    }
    if methods.is_empty() {
        // As with methods that are switched on in the dashboard: cards, and a debit that takes its time.
        methods = vec!["card", "sepa_debit", "us_bank_account"];
    }
    let tax = params.at("automatic_tax").at("enabled").text()? == Some("true");
    Ok(json!({
        "automatic_tax": {
            "enabled": tax, "liability": null,
            "provider": if tax { json!("stripe") } else { Value::Null },
            "status": if tax { json!("requires_location_inputs") } else { Value::Null },
        },
        "cancel_url": params.at("cancel_url").url()?,
        "client_reference_id": params.at("client_reference_id").short_text(200)?,
        "customer_email": address,
        "locale": params.at("locale").text()?,
        "metadata": params.at("metadata").metadata()?,
        "payment_method_types": methods,
        "submit_type": params.at("submit_type").one_of("auto book donate pay subscribe")?,
        "success_url": params.at("success_url").url()?,
    }))
}

/// What the payment intent will bear.
fn intent(data: &Param<'_>) -> Result<Value, ApiError> {
    data.may_hold(INTENT)?;
    let capture = data.at("capture_method");
    if capture.one_of("automatic automatic_async manual")? == Some("manual") {
        return Err(capture.wrong("The local Stripe captures at once only."));
    }
    Ok(json!({
        "description": data.at("description").short_text(1_000)?,
        "metadata": data.at("metadata").metadata()?,
        "receipt_email": data.at("receipt_email").text()?,
        "statement_descriptor": data.at("statement_descriptor").short_text(22)?,
        "statement_descriptor_suffix": data.at("statement_descriptor_suffix").short_text(22)?,
    }))
}
