#include "power_flow/score.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "cases.hpp"
#include "power_flow/files.hpp"
#include "power_flow/flow_task.hpp"

namespace power_flow {
namespace {

Json answer(int flat, int warm, bool converged, double error) {
    return {{"flat_iterations", flat},
            {"warm_iterations", warm},
            {"converged", converged},
            {"voltage_error", error}};
}

Settings settings_for(int tasks) {
    Settings settings;
    settings.flow_tasks = tasks;
    settings.scenarios_per_task = 2;
    return settings;
}

// A trial directory of its own for each test.
std::string trial_directory() {
    std::string directory = testing::TempDir() + "/power_flow_XXXXXX";
    if (!mkdtemp(directory.data())) throw std::runtime_error("mkdtemp");
    make_directory(directory + "/flows");
    make_directory(directory + "/flows/results");
    return directory;
}

TEST(Score, weighs_error_iterations_and_failures) {
    Settings settings = settings_for(1);
    settings.error_weight = 2;
    settings.iterations_weight = 3;
    settings.failure_weight = 10;
    Tally tally;
    add_answer(tally, {{"scenarios", {answer(4, 2, true, 0.03), answer(4, 20, false, 0.04)}}});
    const Json result = result_of(tally, settings);
    const double error = 100 * std::sqrt((0.0009 + 0.0016) / 2);
    EXPECT_NEAR(result["error"], error, 1e-12);
    EXPECT_EQ(result["failures"], 1);
    EXPECT_EQ(result["iterations_saved"], (8 - 26) / 2.0);
    EXPECT_NEAR(result["cost"], 2 * error + 3 * 26.0 / 8 + 10 * 0.5, 1e-12);
}

TEST(Score, a_missing_result_counts_as_failures) {
    const std::string trial = trial_directory();
    const Json both{{"scenarios", {answer(4, 2, true, 0.01), answer(4, 2, true, 0.01)}}};
    publish(trial + "/flows/results/1.json", both.dump());
    publish(trial + "/flows/results/3.json", both.dump());
    const Tally tally = collect_answers(settings_for(3), trial);
    EXPECT_EQ(tally.missing_tasks, 1);
    EXPECT_EQ(tally.scenarios, 6);
    const Json result = result_of(tally, settings_for(3));
    EXPECT_EQ(result["failures"], 2);
    EXPECT_NEAR(result["cost"], 1 + 0.5 + 10.0 / 3, 1e-9);
}

TEST(Score, no_result_at_all_is_an_error) {
    const Tally tally = collect_answers(settings_for(3), trial_directory());
    EXPECT_THROW(result_of(tally, settings_for(3)), std::runtime_error);
}

TEST(Score, a_broken_result_is_an_error_that_names_the_file) {
    const std::string trial = trial_directory();
    publish(trial + "/flows/results/1.json", "{\"scen");
    try {
        collect_answers(settings_for(1), trial);
        FAIL();
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string(error.what()).find("results/1.json"), std::string::npos);
    }
}

TEST(FlowTask, a_perfect_start_saves_every_iteration_and_a_bad_one_costs) {
    const Grid grid = shipped_grid("case14.m");
    const auto scenarios = draw_solved(grid, 0.3, 1, random_stream(1, 1));
    const VectorXd seen = features(grid, scenarios[0].scenario), wanted = targets(grid, scenarios[0].voltage);
    const int in = static_cast<int>(seen.size()), out = static_cast<int>(wanted.size());
    Network silent({in, out}, Activation::relu, 1);
    silent.weights().setZero();
    Model model{silent, {VectorXd::Zero(in), VectorXd::Ones(in)}, {wanted, VectorXd::Ones(out)}};
    const Json input = task_input(scenarios, 0, 1);
    const Json good = solve_task(grid, model, input)["scenarios"][0];
    EXPECT_EQ(good["warm_iterations"], 0);
    EXPECT_EQ(good["converged"], true);
    EXPECT_NEAR(good["voltage_error"], 0, 1e-12);
    model.outputs.mean.setConstant(3);
    const Json bad = solve_task(grid, model, input)["scenarios"][0];
    EXPECT_EQ(bad["flat_iterations"], good["flat_iterations"]);
    EXPECT_GT(bad["voltage_error"], 0.5);
}

TEST(FlowTask, results_stand_beside_their_inputs) {
    EXPECT_EQ(result_path("flows/12.json"), "flows/results/12.json");
    EXPECT_EQ(result_path("/t/flows/1.json"), "/t/flows/results/1.json");
    EXPECT_EQ(result_path("1.json"), "results/1.json");
}

}  // namespace
}  // namespace power_flow
