#include "power_flow/trainer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "cases.hpp"
#include "power_flow/files.hpp"

namespace power_flow {
namespace {

Settings small_settings(const std::string& optimizer) {
    Settings settings;
    settings.optimizer = optimizer;
    settings.momentum = 0.8;
    settings.schedule = "cosine";
    settings.width = 6;
    settings.epochs = 8;
    settings.batch = 8;
    settings.lr = 0.01;
    return settings;
}

struct Problem {
    Grid grid = shipped_grid("case14.m");
    std::vector<SolvedScenario> training = draw_solved(grid, 0.5, 40, random_stream(1, 1));
    std::vector<SolvedScenario> validation = draw_solved(grid, 0.5, 12, random_stream(1, 2));

    Trainer trainer(const Settings& settings, std::uint64_t seed = 3) const {
        return Trainer(settings, grid, training, validation, seed);
    }
};

class Resume : public testing::TestWithParam<std::string> {};

TEST_P(Resume, gives_the_network_of_an_uninterrupted_run) {
    const Problem problem;
    const Settings settings = small_settings(GetParam());
    Trainer whole = problem.trainer(settings);
    for (int i = 0; i < 8; ++i) ASSERT_TRUE(whole.run_epoch());
    Trainer first = problem.trainer(settings);
    for (int i = 0; i < 3; ++i) first.run_epoch();
    const std::string stored = first.checkpoint().dump();
    Trainer second = problem.trainer(settings);
    ASSERT_TRUE(second.resume(Json::parse(stored)));
    EXPECT_EQ(second.epoch(), 3);
    EXPECT_EQ(second.loss(), first.loss());
    for (int i = 0; i < 5; ++i) second.run_epoch();
    EXPECT_EQ(second.epoch(), 8);
    EXPECT_EQ(second.loss(), whole.loss());
    EXPECT_EQ(second.model().network.weights(), whole.model().network.weights());
}

INSTANTIATE_TEST_SUITE_P(Trainer, Resume, testing::Values("adam", "sgd"),
                         [](const auto& each) { return each.param; });

TEST(Trainer, a_checkpoint_of_other_settings_is_not_used) {
    const Problem problem;
    Settings settings = small_settings("adam");
    Trainer trainer = problem.trainer(settings);
    trainer.run_epoch();
    const Json stored = trainer.checkpoint();
    settings.width = 7;
    EXPECT_FALSE(problem.trainer(settings).resume(stored));
    EXPECT_FALSE(problem.trainer(small_settings("sgd")).resume(stored));
    EXPECT_FALSE(problem.trainer(small_settings("adam")).resume(Json{{"epoch", 2}}));
}

TEST(Trainer, learns) {
    const Problem problem;
    Trainer trainer = problem.trainer(small_settings("adam"));
    const double before = trainer.loss();
    for (int i = 0; i < 8; ++i) trainer.run_epoch();
    EXPECT_LT(trainer.loss(), 0.8 * before);
}

TEST(Trainer, divergence_keeps_the_last_finite_network) {
    const Problem problem;
    Settings settings = small_settings("sgd");
    settings.lr = 1e5;
    Trainer trainer = problem.trainer(settings);
    int epochs = 0;
    while (epochs < 1000 && trainer.run_epoch()) ++epochs;
    EXPECT_TRUE(trainer.diverged());
    EXPECT_EQ(trainer.epoch(), epochs);
    EXPECT_TRUE(std::isfinite(trainer.loss()));
    EXPECT_TRUE(trainer.model().network.weights().allFinite());
    EXPECT_FALSE(trainer.run_epoch());
}

TEST(Scenario, a_text_round_trip_keeps_every_bit) {
    const Problem problem;
    const Scenario& scenario = problem.training[0].scenario;
    const Scenario back = scenario_from(Json::parse(to_json(scenario).dump()), problem.grid);
    EXPECT_EQ(back.load_p, scenario.load_p);
    EXPECT_EQ(back.load_q, scenario.load_q);
    EXPECT_EQ(back.generation_p, scenario.generation_p);
    EXPECT_THROW(scenario_from(to_json(scenario), shipped_grid("case4.m")), std::runtime_error);
}

TEST(Scenario, a_grid_that_cannot_carry_its_load_is_an_error) {
    Grid grid = shipped_grid("case14.m");
    grid.load_p *= 30;
    EXPECT_THROW(draw_solved(grid, 0.1, 4, random_stream(1, 1)), std::runtime_error);
}

TEST(LineLog, ends_a_torn_line_and_counts_whole_steps) {
    const std::string path = testing::TempDir() + "/power_flow_metrics.jsonl";
    remove_if_there(path);
    EXPECT_EQ(last_step(path), 0);
    LineLog(path).append(R"({"step":4,"loss":0.5})");
    std::ofstream(path, std::ios::app) << R"({"step":5,"lo)";
    EXPECT_EQ(last_step(path), 4);
    LineLog(path).append(R"({"step":5,"loss":0.4})");
    EXPECT_EQ(last_step(path), 5);
}

TEST(Settings, a_wrong_value_is_named) {
    const auto error_of = [](const Json& config) -> std::string {
        try {
            settings_from(config);
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "no error";
    };
    EXPECT_EQ(error_of({{"width", 2.5}}), "width must be a whole number from 1.0 to 10000.0, not 2.5");
    EXPECT_EQ(error_of({{"lr", "big"}}), "lr must be a number from 1e-12 to 1000000.0, not \"big\"");
    EXPECT_EQ(error_of({{"schedule", "none"}}), "schedule \"none\" is neither constant nor cosine");
    EXPECT_EQ(error_of({{"width", 16.0}, {"_trial", {{"k", 3}}}}), "no error");
}

}  // namespace
}  // namespace power_flow
