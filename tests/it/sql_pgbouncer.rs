//! PostgreSQL behind a PgBouncer in transaction mode: what holds for a session of our own holds for one that is lent, and
//! nothing is left in it for the next.

use crate::sql_ways::Way;
use crate::{sql_batches as batches, sql_postgres as values, sql_postgres_ends as ends};

/// A bouncer that has to lend the same few sessions to everybody.
async fn way() -> Way {
    Way::pooled("default_pool_size = 2").await
}

#[tokio::test(flavor = "multi_thread")]
async fn p13_values_are_the_same_through_a_pooler() {
    values::values_out(&way().await).await;
    values::dates_and_numbers(&way().await).await;
    values::values_in(&way().await).await;
    values::values_rejected(&way().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p13_statements_are_run_the_same_through_a_pooler() {
    values::only_mutations_write(&way().await).await;
    values::one_bad_row(&way().await).await;
    values::identical_statements(&way().await).await;
    values::free_with_the_last_answer(&way().await).await;
    values::table_changes(&way().await).await;
    values::table_changes_under_a_fetch(&way().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p13_batches_are_the_same_through_a_pooler() {
    batches::each_parent_alone(&way().await).await;
    batches::one_parent_wrong(&way().await).await;
    batches::max_answer_bounds(&way().await).await;
    batches::volatile_functions(&way().await).await;
    batches::table_changes_under_a_batch(&way().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p13_what_ends_ends_the_same_through_a_pooler() {
    // All that the pool of a source has may be asleep at once.
    let way = async || Way::pooled("default_pool_size = 5").await;
    ends::timed_out_statements(&way().await).await;
    ends::pipe_ended(&way().await).await;
    ends::write_rolled_back(&way().await).await;
    ends::preparation_ended(&way().await).await;
    ends::leaving_cancels(&way().await).await;
    ends::too_many_rows(&way().await).await;
    batches::batch_ends(&way().await).await;
    batches::batch_keeps(&way().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p13_p3_a_late_cancel_hits_nobody_through_a_pooler() {
    ends::late_cancels(&way().await).await;
}
