//! A job as its row says it: what a change of it was, and what is left of it when it is gone.

use super::JobFacts;
use serde::Deserialize;
use serde_json::Value;

/// A row of `orders`, as far as a job uses it.
#[derive(Debug, Deserialize)]
pub struct JobRow {
    id: i64,
    public_id: String,
    restaurant_id: i64,
    /// Which stages it goes through.
    pub workflow_id: i64,
    status: String,
    eta_at: Option<i64>,
    attributes_json: Option<String>,
    created_at: i64,
    updated_at: i64,
    version: i64,
}

impl JobRow {
    /// The job.
    pub fn facts(self) -> JobFacts {
        let attributes = self.attributes_json.as_deref().unwrap_or_default();
        let attributes: Value = serde_json::from_str(attributes).unwrap_or_default();
        let text = |name: &str| match attributes.get(name)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        };
        let number = |name: &str| attributes.get(name).and_then(Value::as_i64);
        JobFacts {
            id: self.id,
            public_id: self.public_id,
            restaurant_id: self.restaurant_id,
            stage: self.status,
            customer_name: text("customer_name").unwrap_or_default(),
            product_name: text("product_name").unwrap_or_default(),
            quantity: number("quantity").unwrap_or(1),
            sheet_type: text("sheet_type"),
            estimated_at: self.eta_at,
            delivery_schedule: text("delivery_schedule"),
            issued_at: number("issued_at").unwrap_or(self.created_at),
            message: text("message"),
            message_at: number("message_at"),
            created_at: self.created_at,
            updated_at: self.updated_at,
            version: self.version,
        }
    }
}
