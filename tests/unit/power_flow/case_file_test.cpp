#include "power_flow/case_file.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "cases.hpp"

namespace power_flow {
namespace {

const std::string bus = "mpc.bus = [\n1 3 0 0 0 0 1 1 0 1 1 1 1;\n2 1 5 1 0 0 1 1 0 1 1 1 1;\n];\n";
const std::string gen = "mpc.gen = [1 5 0 9 -9 1 100 1 9 0];\n";
const std::string branch = "mpc.branch = [1 2 0.01 0.1 0 0 0 0 0 0 1];\n";
const std::string base = "mpc.baseMVA = 100;\n";

Case parse(const std::string& text) {
    std::istringstream input(text);
    return read_case(input, "grid.m");
}

std::string error_of(const std::string& text) {
    try {
        parse(text);
    } catch (const CaseError& error) {
        return error.what();
    }
    return "no error";
}

TEST(CaseFile, reads_the_ieee_14_bus_case) {
    const Case read = load_case(POWER_FLOW_CASES "/case14.m");
    EXPECT_EQ(read.base_mva, 100);
    ASSERT_EQ(read.buses.size(), 14u);
    ASSERT_EQ(read.generators.size(), 5u);
    ASSERT_EQ(read.branches.size(), 20u);
    EXPECT_EQ(read.buses[0].type, BusType::slack);
    EXPECT_EQ(read.buses[8].bs, 19);
    EXPECT_EQ(read.generators[0].pg, 232.4);
    EXPECT_EQ(read.generators[4].vg, 1.09);
    EXPECT_EQ(read.branches[7].ratio, 0.978);
}

TEST(CaseFile, reads_what_matlab_allows) {
    const Case read = load_case(POWER_FLOW_CASES "/case4.m");
    ASSERT_EQ(read.buses.size(), 5u);
    EXPECT_EQ(read.buses[1].pd, 8);    // second row of a line
    EXPECT_EQ(read.buses[2].gs, 0.5);  // commas
    EXPECT_EQ(read.buses[3].qd, 3);    // continued row
    EXPECT_EQ(read.buses[4].type, BusType::isolated);
    EXPECT_FALSE(read.generators[2].in_service);
    EXPECT_EQ(read.branches[1].angle, -2.5);
    EXPECT_FALSE(read.branches[5].in_service);
}

TEST(CaseFile, skips_what_it_does_not_need) {
    const Case read =
        parse("function mpc = grid\n%% MATPOWER\nmpc.version = '2';\n" + base + bus + gen + branch +
              "mpc.areas = [];\nmpc.gencost = [\n\t2\t0\t0\t3\t0.04\t20\t0;\n];\n"
              "mpc.bus_name = {\n\t'a ] % b';\n\t'c';\n};\nmpc.if.map = [1 2];\nreturn;\n");
    EXPECT_EQ(read.buses.size(), 2u);
}

TEST(CaseFile, errors_name_the_line) {
    EXPECT_EQ(error_of(base + "mpc.bus = [1 3 0 x];\n"), "grid.m:2: \"x\" is not a number");
    EXPECT_EQ(error_of("mpc.bus = [\n1 2 3;\n1 2;\n];\n"),
              "grid.m:3: this row has 2 numbers, the first one has 3");
    EXPECT_EQ(error_of("mpc.bus = [1 2 3];\n" + base),
              "grid.m:1: a row of mpc.bus needs 13 numbers, this one has 3");
    EXPECT_EQ(error_of(base + "mpc.bus = [\n1 2 3;\n"), "grid.m:2: the '[' is never closed");
    EXPECT_EQ(error_of(base + "mpc.bus_name = {\n'a';\n"), "grid.m:2: the '{' is never closed");
    EXPECT_EQ(error_of(base + base), "grid.m:2: mpc.baseMVA is assigned twice");
}

TEST(CaseFile, refuses_computed_data_and_old_versions) {
    EXPECT_NE(error_of(base + "mpc.bus(:, 3) = mpc.bus(:, 3) / 1000;\n").find("grid.m:2: only assignments"),
              std::string::npos);
    EXPECT_NE(error_of("define_constants;\n").find("grid.m:1: only assignments"), std::string::npos);
    EXPECT_NE(error_of("mpc.baseMVA = 100; mpc.x = 1;\n").find("grid.m:1: only assignments"),
              std::string::npos);
    EXPECT_NE(error_of("function [baseMVA, bus] = grid\n").find("version 1"), std::string::npos);
    EXPECT_NE(error_of("mpc.version = '1';\n").find("only version 2"), std::string::npos);
}

TEST(CaseFile, refuses_a_grid_that_makes_no_sense) {
    EXPECT_EQ(error_of(""), "grid.m: there is no mpc.baseMVA");
    EXPECT_EQ(error_of(base + bus + gen), "grid.m: there is no mpc.branch");
    EXPECT_EQ(error_of("mpc.baseMVA = 0;\n" + bus + gen + branch), "grid.m:1: baseMVA must be positive");
    EXPECT_EQ(error_of(base + bus + gen + "mpc.branch = [1 7 0 1 0 0 0 0 0 0 1];\n"),
              "grid.m:7: there is no bus 7");
    EXPECT_EQ(error_of(base + bus + gen + "mpc.branch = [1 2 0 0 0 0 0 0 0 0 1];\n"),
              "grid.m:7: this branch has no impedance");
    EXPECT_EQ(error_of(base + bus + "mpc.gen = [1 Inf 0 9 -9 1 100 1 9 0];\n" + branch),
              "grid.m:6: column 2 must be finite");
    EXPECT_EQ(
        error_of(base + "mpc.bus = [1 1 0 0 0 0 1 1 0 1 1 1 1; 1 3 0 0 0 0 1 1 0 1 1 1 1];\n" + gen + branch),
        "grid.m:2: bus 1 stands here a second time");
    EXPECT_EQ(
        error_of(base + "mpc.bus = [1 1 0 0 0 0 1 1 0 1 1 1 1; 2 1 0 0 0 0 1 1 0 1 1 1 1];\n" + gen + branch),
        "grid.m: one slack bus (type 3) is needed, there are 0");
}

TEST(CaseFile, a_missing_file_is_named) {
    EXPECT_THROW(load_case("/nonexistent/grid.m"), CaseError);
}

}  // namespace
}  // namespace power_flow
