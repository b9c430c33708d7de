//! The contract: complete, and true. That every frame is as it says is checked wherever a test hears one (`support/contract.rs`).

use crate::support::contract;
use restaurant::contract::Contract;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// Everything that the contract promises is shown in a dialogue: no message is promised that nobody says.
#[test]
fn every_message_of_the_contract_is_said_in_a_transcript() {
    let mut said = BTreeSet::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/transcripts");
    for entry in std::fs::read_dir(folder).expect("the folder").flatten() {
        if entry.path().is_dir() {
            continue; // dialogues of several, in another form
        }
        let text = std::fs::read_to_string(entry.path()).expect("text");
        let mut consumer = None;
        for line in text.lines() {
            if let Some((_, url)) = line.split_once("ws://localhost:9000") {
                let path = url.split(' ').next().unwrap_or_default();
                consumer = contract::consumer(path);
            }
            if let (Some(frame), Some(consumer)) = (line.strip_prefix("< "), &consumer) {
                let name = frame.split(r#""type":""#).nth(1);
                let name = name.and_then(|rest| rest.split('"').next());
                said.extend(name.map(|name| (consumer.clone(), name.to_owned())));
            }
        }
    }
    let promised: BTreeSet<_> = Contract::new()
        .channels
        .iter()
        .flat_map(|c| {
            c.says
                .iter()
                .map(|f| (c.consumer.to_owned(), f.name.clone()))
        })
        .collect();
    let missing: Vec<_> = promised.difference(&said).collect();
    assert!(missing.is_empty(), "in no transcript: {missing:#?}");
}

#[test]
fn the_asyncapi_document_refers_to_what_it_has() {
    let document = Contract::new().asyncapi(&contract::routing());
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(references.len() > 100, "{}", references.len());
    for reference in references {
        let pointer = reference.strip_prefix('#').expect("within the document");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    let order = &document["channels"]["dining_ws_orders_order_id"];
    assert_eq!(order["address"], "/ws/orders/{order_id}/");
    assert_eq!(document["servers"]["dining"]["host"], "localhost:9000");
}

fn collect<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|member| collect(member, found));
        }
        Value::Array(all) => all.iter().for_each(|one| collect(one, found)),
        _ => {}
    }
}

/// A frame with a member more, a member less, or of a type that the channel does not say is none of the contract's.
#[test]
fn what_is_not_in_the_contract_is_found() {
    let check =
        |frame: &str| std::panic::catch_unwind(|| contract::check("/ws/changes/", frame)).is_ok();
    let good = r#"{"type":"change","seq":1,"entity":"order","id":1,"restaurant_id":2,"op":"update","changed":[]}"#;
    assert!(check(good));
    assert!(!check(&good.replace(r#""id":1"#, r#""id":"1""#)));
    assert!(!check(&good.replace(r#""id":1,"#, "")));
    assert!(!check(&good.replace(r#""id":1"#, r#""id":1,"more":1"#)));
    assert!(!check(&good.replace("change\",", "changed\",")));
}
