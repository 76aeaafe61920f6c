//! The fields of a text message: sender, text, recipients.

use super::config_field::{ConfigFieldInput, LIST, TEXT, VariableList};
use crate::{
    api::{
        choices::Choices,
        tool_form::{ToolForm, field::Shape},
    },
    components::{field::SelectField, form::Form, page::Section},
};
use leptos::prelude::*;

#[component]
pub fn SmsFields(shown: ToolForm, form: Form, choices: Choices) -> impl IntoView {
    let sms = shown.sms;
    let variables = StoredValue::new(choices.variables);
    let from = form.value("form[sms][from]", sms.from);
    let mut senders = vec![("called_number".to_owned(), "The number that was called".to_owned())];
    let known = from.is_empty() || from == "called_number" || choices.numbers.iter().any(|number| number.id.to_string() == from);
    if !known {
        senders.push((from.clone(), "A number that was deleted".to_owned()));
    }
    senders.extend(choices.numbers.into_iter().map(|number| (number.id.to_string(), format!("{} ({})", number.label, number.number))));
    let hint = "Numbers of the organization are added under Settings → Phone numbers.";
    view! {
        <Section
            title="The message"
            text="Sent by Twilio, with the keys TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN. Every recipient has a result of its own."
        >
            <VariableList variables=variables />
            <div class="space-y-6">
                <SelectField label="From" name="form[sms][from]" options=senders value=from error=form.error("sms/from") hint=hint />
                <ConfigFieldInput
                    label="Text"
                    name="form[sms][text]"
                    place="sms/text"
                    hint="At most 1600 characters. Type {{ for a variable."
                    placeholder="Thank you for calling {{organization_name}}."
                    shown=sms.text
                    form=form
                    modes=TEXT
                    shape=Shape::Text
                    schema_hint="JSON Schema of a string, such as {\"type\": \"string\", \"maxLength\": 160}. Empty: any text."
                    variables=variables
                />
                <ConfigFieldInput
                    label="Recipients"
                    name="form[sms][recipients]"
                    place="sms/recipients"
                    hint="One a line, with country code: +49 30 1234567. Up to 50."
                    shown=sms.recipients
                    form=form
                    modes=LIST
                    shape=Shape::Lines
                    schema_hint="JSON Schema of a list, such as {\"type\": \"array\", \"items\": {\"type\": \"string\"}, \"maxItems\": 3}. Empty: up to 50 numbers."
                    variables=variables
                />
            </div>
        </Section>
    }
    .into_any()
}
