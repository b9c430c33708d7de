use super::*;
use crate::domain::jobs::{self, NewJob, Patch};

fn flyers() -> NewJob {
    NewJob {
        restaurant_id: 2,
        customer_name: "Noodle Corner".to_owned(),
        product_name: "Flyers".to_owned(),
        quantity: 500,
        ..NewJob::default()
    }
}

fn stage(name: &str) -> Patch {
    Patch {
        stage: Some(name.to_owned()),
        ..Patch::default()
    }
}

#[test]
fn any_stage_leads_to_any_other_for_those_who_work_there() {
    let house = House::small();
    let job = house.run(|tx| jobs::create(tx, &mia(), &flyers())).unwrap();
    assert_eq!((job.stage.as_str(), job.quantity), ("In Production", 500));
    assert_eq!(job.public_id, format!("order-{}", job.id));
    let all = house.run(|tx| jobs::stages(tx)).unwrap();
    assert_eq!(
        all,
        [
            "In Production",
            "In Printing",
            "In Binding",
            "Packaging",
            "Delivery"
        ]
    );
    for from in &all {
        for to in &all {
            house.sql(&format!("UPDATE orders SET status = '{from}'"));
            let moved = house
                .run(|tx| jobs::patch(tx, &cook(), job.id, &stage(to)))
                .unwrap();
            assert_eq!(&moved.stage, to);
        }
    }
    let chris = Actor::user(Role::Customer, 456);
    for refused in [
        house.refused(|tx| jobs::patch(tx, &chris, job.id, &stage("Delivery"))),
        house.refused(|tx| jobs::create(tx, &chris, &flyers())),
        house.refused(|tx| jobs::delete(tx, &chris, job.id, None)),
    ] {
        assert_eq!(refused, "FORBIDDEN");
    }
}

#[test]
fn another_trades_stages_are_other_rows() {
    let house = House::small();
    house.sql(
        "INSERT INTO workflow_states(workflow_id, code, label, position, phase) VALUES (2, 'Embossing', 'Embossing', 0, 'active');
         INSERT INTO workflow_transitions(workflow_id, from_code, to_code, roles_json) VALUES (2, 'Embossing', 'Delivery', '[\"manager\"]')",
    );
    let job = house.run(|tx| jobs::create(tx, &mia(), &flyers())).unwrap();
    assert_eq!(job.stage, "Embossing");
    assert_eq!(
        house.refused(|tx| jobs::patch(tx, &mia(), job.id, &stage("Delivery"))),
        "FORBIDDEN"
    );
    assert_eq!(
        house.refused(|tx| jobs::patch(tx, &boss(), job.id, &stage("Packaging"))),
        "FORBIDDEN"
    );
    house
        .run(|tx| jobs::patch(tx, &boss(), job.id, &stage("Delivery")))
        .unwrap();
}

#[test]
fn what_cannot_be_printed_is_refused() {
    let house = House::small();
    let with = |change: &dyn Fn(&mut NewJob)| {
        let mut new = flyers();
        change(&mut new);
        house.refused(|tx| jobs::create(tx, &mia(), &new))
    };
    assert_eq!(with(&|new| new.customer_name = " ".into()), "INVALID_VALUE");
    assert_eq!(
        with(&|new| new.product_name = "x".repeat(1001)),
        "INVALID_VALUE"
    );
    assert_eq!(with(&|new| new.quantity = 0), "INVALID_VALUE");
    assert_eq!(
        with(&|new| new.stage = Some("ready".into())),
        "INVALID_STATUS"
    );
    for name in ["", "7", "a b", "a/update", "ü", &"x".repeat(65)] {
        let refused = with(&|new| new.public_id = Some(name.to_owned()));
        assert_eq!(refused, "INVALID_VALUE", "{name:?}");
    }
    assert_eq!(with(&|new| new.public_id = Some("ORD-7".into())), "nothing");
    assert_eq!(
        with(&|new| new.public_id = Some("ORD-7".into())),
        "NAME_TAKEN"
    );
    let job = house.run(|tx| jobs::create(tx, &mia(), &flyers())).unwrap();
    assert_eq!(
        house.refused(|tx| jobs::patch(tx, &mia(), job.id, &stage("ready"))),
        "INVALID_STATUS"
    );
    let supper = placed(&house, SUPPER).id;
    assert_eq!(
        house.refused(|tx| jobs::patch(tx, &mia(), supper, &stage("Delivery"))),
        "NOT_FOUND"
    );
    assert_eq!(
        house.refused(|tx| jobs::delete(tx, &mia(), supper, None)),
        "NOT_FOUND"
    );
}

#[test]
fn a_message_belongs_to_one_change_and_strangers_members_stay() {
    let house = House::small();
    let job = house.run(|tx| jobs::create(tx, &mia(), &flyers())).unwrap();
    house.sql("UPDATE orders SET attributes_json = json_set(attributes_json, '$.colour', 'red')");
    let said = Patch {
        message: Some("Nearly there".to_owned()),
        sheet_type: Some(Some("170 g".to_owned())),
        estimated_at: Some(Some(1_769_700_000_000)),
        ..stage("Packaging")
    };
    let now = house
        .run(|tx| jobs::patch(tx, &mia(), job.id, &said))
        .unwrap();
    assert_eq!(now.message.as_deref(), Some("Nearly there"));
    assert_eq!(
        (now.message_at, now.sheet_type.as_deref()),
        (Some(crate::testing::OPENING_MS), Some("170 g"))
    );
    let emptied = Patch {
        sheet_type: Some(None),
        ..stage("Delivery")
    };
    let later = house
        .run(|tx| jobs::patch(tx, &mia(), job.id, &emptied))
        .unwrap();
    assert_eq!((later.message, later.sheet_type), (None, None));
    assert_eq!(later.estimated_at, Some(1_769_700_000_000));
    assert_eq!(
        house.text("SELECT attributes_json ->> '$.colour' FROM orders"),
        "red"
    );
}

#[test]
fn the_newest_is_first_by_its_date_of_issue() {
    let house = House::small();
    let mut ids = Vec::new();
    for issued in [20, 30, 10, 30] {
        let new = NewJob {
            issued_at: Some(issued),
            ..flyers()
        };
        ids.push(house.run(|tx| jobs::create(tx, &mia(), &new)).unwrap().id);
    }
    placed(&house, SUPPER);
    let list = |before: Option<usize>, limit| {
        let page = house.run(|tx| jobs::list(tx, 2, None, before.map(|n| ids[n]), limit));
        let page = page.unwrap();
        let found = page
            .items
            .iter()
            .map(|job| ids.iter().position(|id| *id == job.id).unwrap());
        (found.collect::<Vec<_>>(), page.total)
    };
    assert_eq!(list(None, 10), (vec![3, 1, 0, 2], 4));
    assert_eq!(list(None, 2).0, [3, 1]);
    assert_eq!(list(Some(1), 2).0, [0, 2]);
    assert_eq!(list(Some(2), 2).0, Vec::<usize>::new());
}

#[test]
fn a_shell_needs_few_columns_here_too() {
    let house = House::small();
    house.sql(
        "INSERT INTO orders(id, restaurant_id, workflow_id, status) VALUES (70, 2, 2, 'In Binding');
         INSERT INTO orders(id, restaurant_id, workflow_id, status, attributes_json) VALUES (71, 2, 2, 'In Binding', '{\"quantity\":\"7\",\"customer_name\":5,\"issued_at\":\"soon\"}'),
           (72, 2, 2, 'In Binding', '[]')",
    );
    let bare = house.run(|tx| jobs::get(tx, 70)).unwrap();
    assert_eq!(
        (bare.customer_name.as_str(), bare.quantity, bare.issued_at),
        ("", 1, bare.created_at)
    );
    let odd = house.run(|tx| jobs::get(tx, 71)).unwrap();
    assert_eq!(
        (odd.customer_name.as_str(), odd.quantity, odd.issued_at),
        ("5", 7, odd.created_at)
    );
    house
        .run(|tx| jobs::patch(tx, &mia(), 72, &stage("Delivery")))
        .unwrap();
    assert_eq!(house.run(|tx| jobs::default_shop(tx)).unwrap(), 2);
    house.sql("UPDATE restaurants SET settings_json = '{\"workflow\":\"print\"}' WHERE id = 3");
    assert_eq!(house.run(|tx| jobs::default_shop(tx)).unwrap(), 3);
}
