use crate::domain::{CANONICAL, DELIVERY, DINING, KITCHEN, Status, StatusWords, TIMING};
use proptest::prelude::*;

const ALL: [&StatusWords; 5] = [&CANONICAL, &DELIVERY, &DINING, &KITCHEN, &TIMING];

fn shown(words: &StatusWords) -> Vec<&'static str> {
    Status::ALL.into_iter().map(|s| words.word(s)).collect()
}

/// The table of the five documents.
#[test]
fn each_document_sees_its_own_words() {
    let columns = ALL.map(shown);
    let rows: Vec<String> = (0..9)
        .map(|row| columns.iter().map(|c| c[row]).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        rows,
        [
            "new pending pending new pending",
            "pending pending pending pending pending",
            "confirmed confirmed confirmed confirmed pending",
            "preparing preparing confirmed preparing preparing",
            "ready ready_for_pickup ready ready ready",
            "out_for_delivery out_for_delivery ready completed ready",
            "delivered delivered delivered completed completed",
            "completed delivered delivered completed completed",
            "cancelled cancelled cancelled cancelled cancelled",
        ]
    );
}

#[test]
fn states_without_a_word_may_be_skipped() {
    let silent = |words: &StatusWords| -> Vec<&str> {
        let silent = Status::ALL.into_iter().filter(|s| !words.can_name(*s));
        silent.map(Status::name).collect()
    };
    assert_eq!(silent(&CANONICAL), Vec::<&str>::new());
    assert_eq!(
        silent(&DINING),
        ["new", "preparing", "out_for_delivery", "completed"]
    );
    assert_eq!(
        silent(&TIMING),
        ["new", "confirmed", "out_for_delivery", "delivered"]
    );
    assert_eq!(silent(&KITCHEN), ["out_for_delivery", "delivered"]);
    assert_eq!(silent(&DELIVERY), ["new", "completed"]);
}

#[test]
fn a_word_asks_for_what_it_names() {
    assert_eq!(DELIVERY.parse("ready_for_pickup").unwrap(), Status::Ready);
    assert_eq!(
        DINING.parse("preparing").unwrap(),
        Status::Preparing,
        "canonical names are understood"
    );
    assert_eq!(DINING.label(Status::Preparing), "Confirmed");
    assert_eq!(DINING.label(Status::Ready), "Ready");
    for word in ["new", "", "READY", "eaten", "ready_for_pickup"] {
        let error = DINING.parse(word).unwrap_err();
        assert_eq!(error.code(), "INVALID_STATUS");
        assert_eq!(
            serde_json::to_string(&error).unwrap(),
            r#"{"allowed":["pending","confirmed","ready","delivered","cancelled"]}"#
        );
    }
}

proptest! {
    #[test]
    fn what_is_shown_can_be_said_and_looks_the_same(status in prop::sample::select(&Status::ALL[1..]), words in 0..5usize) {
        let words = ALL[words];
        let meant = words.parse(words.word(status)).unwrap();
        prop_assert!(words.alike(status, meant));
        prop_assert!(words.can_name(meant));
        prop_assert_eq!(words.can_name(status), meant == status);
    }
}
