#include "batch/agents/pool_plan.hpp"

#include <gtest/gtest.h>

namespace tw {
namespace {

Resources cpus(int count) {
    Resources resources;
    resources.cpus = count;
    return resources;
}

std::vector<AgentWork> jobs(int count, const Resources& needs) {
    return std::vector<AgentWork>(static_cast<std::size_t>(count), AgentWork{needs, Seconds(30)});
}

PoolSpec bounds(int min, int max) {
    PoolSpec spec;
    spec.min = min;
    spec.max = max;
    return spec;
}

TEST(PoolPlan, as_many_agents_as_the_work_fills) {
    EXPECT_EQ(agents_for({}, cpus(4)), 0);
    EXPECT_EQ(agents_for(jobs(1, cpus(1)), cpus(4)), 1);
    EXPECT_EQ(agents_for(jobs(4, cpus(1)), cpus(4)), 1);
    EXPECT_EQ(agents_for(jobs(5, cpus(1)), cpus(4)), 2);
    EXPECT_EQ(agents_for(jobs(10, cpus(1)), cpus(10)), 1);  // ten tenths
}

// Three of four CPUs leave no place for another such run.
TEST(PoolPlan, what_does_not_fit_beside_its_like_counts_a_whole_agent) {
    EXPECT_EQ(agents_for(jobs(4, cpus(3)), cpus(4)), 4);
}

TEST(PoolPlan, memory_and_gpus_bound_the_runs_too) {
    Resources agent = cpus(16), needs = cpus(1);
    agent.memory = 64;
    agent.gpus = 2;
    needs.memory = 16;
    EXPECT_EQ(runs_at_once({needs}, agent), 4);
    needs.gpus = 1;
    EXPECT_EQ(runs_at_once({needs}, agent), 2);
    needs.gpu_share = 250;
    needs.memory = 0;
    EXPECT_EQ(runs_at_once({needs}, agent), 8);
    needs.gpus = 4;
    EXPECT_EQ(runs_at_once({needs}, agent), 0);
}

// Agents would come without end.
TEST(PoolPlan, no_agent_comes_for_what_it_cannot_run) {
    Resources agent = cpus(4), needs = cpus(1);
    EXPECT_EQ(agents_for(jobs(3, cpus(8)), agent), 0);
    needs.nodes = 2;
    EXPECT_EQ(agents_for(jobs(3, needs), agent), 0);
    needs = cpus(1);
    needs.time = agent.time = Seconds(600);
    EXPECT_EQ(agents_for(jobs(3, needs), agent), 0) << "no time for the grace";
    agent.time = Seconds(700);
    EXPECT_EQ(agents_for(jobs(3, needs), agent), 1);
}

TEST(PoolPlan, what_is_missing_is_submitted_between_min_and_max) {
    EXPECT_EQ(plan_pool(0, {}, bounds(2, 5)).submit, 2);
    EXPECT_EQ(plan_pool(3, {}, bounds(0, 5)).submit, 3);
    EXPECT_EQ(plan_pool(9, {}, bounds(0, 5)).submit, 5);
    EXPECT_EQ(plan_pool(9, {1, 3, 0}, bounds(0, 5)).submit, 1);
    EXPECT_EQ(plan_pool(9, {2, 3, 0}, bounds(0, 5)).submit, 0);
    EXPECT_EQ(plan_pool(9, {4, 3, 0}, bounds(0, 5)).submit, 0) << "max was lowered";
}

TEST(PoolPlan, who_was_taken_back_counts_until_it_is_gone) {
    EXPECT_EQ(plan_pool(9, {0, 1, 3}, bounds(0, 5)).submit, 1);
    EXPECT_EQ(plan_pool(9, {0, 2, 4}, bounds(0, 5)).submit, 0);
}

TEST(PoolPlan, only_those_that_wait_are_too_many) {
    EXPECT_EQ(plan_pool(1, {2, 1, 0}, bounds(0, 5)).surplus, 2);
    EXPECT_EQ(plan_pool(1, {0, 4, 0}, bounds(0, 5)).surplus, 0);
    EXPECT_EQ(plan_pool(0, {3, 0, 0}, bounds(2, 5)).surplus, 1);
    EXPECT_EQ(plan_pool(0, {3, 0, 0}, bounds(0, 5)).submit, 0);
}

}  // namespace
}  // namespace tw
