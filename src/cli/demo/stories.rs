//! What GraphiQL opens with: each tab is one operation, with a comment that says what to look at. A test runs each of
//! them and holds it to its comment.

/// The operations, in the order of the tabs.
pub(super) fn stories() -> [&'static str; 6] {
    [
        include_str!("stories/1_parallel.graphql"),
        include_str!("stories/2_timeout.graphql"),
        include_str!("stories/3_search.graphql"),
        include_str!("stories/4_many.graphql"),
        include_str!("stories/5_order.graphql"),
        include_str!("stories/6_nested.graphql"),
    ]
}
