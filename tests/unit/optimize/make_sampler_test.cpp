#include "optimize/make_sampler.hpp"

#include <gtest/gtest.h>

#include <set>

#include "optimize/samplers.hpp"
#include "unit/optimize/spaces.hpp"

namespace tw {
namespace {

using namespace test;

Error refusal(const Space& space, const std::string& name) {
    OptimizerSpec spec;
    spec.sampler = name;
    auto made = make_sampler(space, spec, {});
    return made ? Error{} : made.error();
}

TEST(MakeSampler, Names) {
    for (const char* name : {"random", "grid", "sobol", "tpe", "gp", "nsga2"}) {
        EXPECT_EQ(sampler(mixed_space(), name)->name(), name);
        EXPECT_EQ(sampler(mixed_space(), name)->reason(), name);
    }
    EXPECT_EQ(sampler(mixed_space(), "auto")->name(), "auto");
    EXPECT_FALSE(sampler(mixed_space(), "random")->limit());
    EXPECT_FALSE(sampler(mixed_space(), "sobol")->limit());
}

std::string reason_for(const Space& space, std::size_t objectives) {
    return make_sampler(space, {}, std::vector<Objective>(objectives, {"cost"})).value()->reason();
}

TEST(MakeSampler, AutoSaysWhatItTakesAndWhy) {
    Space wide;
    for (int i = 0; i < 31; ++i) wide.parameters.push_back(real("x" + std::to_string(i), 0, 1));
    EXPECT_EQ(reason_for(mixed_space(), 1),
              "gp and tpe (auto: 1 objective, 6 parameters; tpe alone after 1000 trials)");
    EXPECT_EQ(reason_for(mixed_space(), 2),
              "gp and tpe (auto: 2 objectives, 6 parameters; tpe alone after 1000 trials)");
    EXPECT_EQ(reason_for(wide, 1), "tpe (auto: 31 parameters)");
}

TEST(MakeSampler, RefusesByName) {
    const Error bayes = refusal(mixed_space(), "bayes");
    EXPECT_EQ(bayes.code, Code::invalid);
    EXPECT_EQ(bayes.pointer, "/optimizer/sampler");
    EXPECT_NE(bayes.what.find("\"bayes\""), std::string::npos);
    EXPECT_NE(bayes.what.find("auto, random, grid, sobol, tpe, gp, cmaes, nsga2"), std::string::npos);
    EXPECT_NE(refusal(mixed_space(), "sobel").hint.find("sobol"), std::string::npos);
}

TEST(MakeSampler, CmaesTakesNumbersAndOneObjective) {
    EXPECT_EQ(sampler(numbers_of(mixed_space()), "cmaes")->name(), "cmaes");
    for (const Error& error :
         {refusal({{real("x", 0, 1), choice("c", {true, false})}}, "cmaes"),
          refusal({{real("x", 0, 1), when_at_least(real("y", 0, 1), "x", 0.5)}}, "cmaes")}) {
        EXPECT_EQ(error.code, Code::invalid);
        EXPECT_EQ(error.pointer, "/optimizer/sampler");
        EXPECT_NE(error.hint.find("\"tpe\" or \"auto\""), std::string::npos);
    }
    OptimizerSpec spec;
    spec.sampler = "cmaes";
    const auto several = make_sampler({{real("x", 0, 1)}}, spec, {{"a"}, {"b"}});
    ASSERT_FALSE(several);
    EXPECT_EQ(several.error().code, Code::invalid);
    EXPECT_NE(several.error().hint.find("\"nsga2\""), std::string::npos);
}

TEST(MakeSampler, SobolHasAnEnd) {
    Space space;
    for (int i = 0; i < 3667; ++i) space.parameters.push_back(real("x" + std::to_string(i), 0, 1));
    EXPECT_EQ(sampler(space, "sobol")->ask(3).value().params.size(), 3667u);
    space.parameters.push_back(real("last", 0, 1));
    const Error error = refusal(space, "sobol");
    EXPECT_NE(error.what.find("3667"), std::string::npos);
    EXPECT_NE(error.what.find("3668"), std::string::npos);
    EXPECT_TRUE(sampler(space, "random")->ask(0));
}

Space space_with_defaults() {
    return {{with_default(log_real("lr", 1e-5, 0.1), 1e-3),
             with_default(integer("layers", 1, 4), std::int64_t{2}),
             with_default(choice("optimizer", {text("adam"), text("sgd")}), text("adam")),
             when(real("momentum", 0, 0.99), "optimizer", {text("sgd")})}};
}

TEST(MakeSampler, TheDefaultConfigurationComesFirst) {
    const Params expected{{"lr", 1e-3}, {"layers", std::int64_t{2}}, {"optimizer", text("adam")}};
    Space bare = space_with_defaults();
    for (Parameter& p : bare.parameters) p.default_value.reset();
    for (const char* name : {"auto", "random", "sobol", "grid"}) {
        const auto s = sampler(space_with_defaults(), name), own = sampler(bare, name);
        EXPECT_EQ(s->ask(0).value().params, expected) << name;
        for (std::int64_t k = 0; k < 5; ++k)
            EXPECT_EQ(s->ask(k + 1).value().params, own->ask(k).value().params) << name;
    }
}

struct Listener final : Sampler {
    explicit Listener(std::vector<std::int64_t>* heard) : told(heard) {}
    Result<Suggestion> ask(std::int64_t k) override { return Suggestion{{{"k", k}}, name()}; }
    void tell(const Observation& observation) override { told->push_back(observation.k); }
    std::string name() const override { return "listener"; }
    std::vector<std::int64_t>* told;
};

TEST(WithFirst, TheInnerSamplerHearsItsOwnNumbers) {
    std::vector<std::int64_t> heard;
    const auto s = with_first({{Params{{"k", nullptr}}, "default"}}, std::make_unique<Listener>(&heard));
    for (const std::int64_t k : {-1, 0, 1, 7}) s->tell({"000001", 1, k, {}, EndState::killed, {}});
    EXPECT_EQ(heard, (std::vector<std::int64_t>{-1, -1, 0, 6}));
    EXPECT_EQ(s->ask(7).value().params.at("k"), Scalar{std::int64_t{6}});
}

TEST(MakeSampler, DefaultsHaveTheDeclaredType) {
    const Space space{
        {with_default(real("x", 0, 2), std::int64_t{1}), with_default(integer("n", 1, 4), 2.0)}};
    EXPECT_EQ(sampler(space, "random")->ask(0).value().params, (Params{{"x", 1.0}, {"n", std::int64_t{2}}}));
}

TEST(MakeSampler, WithoutAllDefaultsTheSequenceStartsAtOnce) {
    Space space = space_with_defaults(), bare = space;
    space.parameters[1].default_value.reset();
    for (Parameter& p : bare.parameters) p.default_value.reset();
    EXPECT_EQ(sampler(space, "sobol")->ask(0).value().params, sampler(bare, "sobol")->ask(0).value().params);
}

TEST(MakeSampler, TheGridDoesNotRepeatTheDefault) {
    const auto s = sampler({{with_default(integer("n", 1, 5), std::int64_t{3}),
                             with_default(choice("c", {true, false}), false)}},
                           "grid");
    ASSERT_EQ(s->limit(), 10);
    std::set<std::string> seen;
    for (std::int64_t k = 0; k < 10; ++k) seen.insert(key(s->ask(k).value().params));
    EXPECT_EQ(seen.size(), 10u);
    EXPECT_EQ(s->ask(0).value().params, (Params{{"n", std::int64_t{3}}, {"c", false}}));
    EXPECT_FALSE(s->ask(10));
}

TEST(MakeSampler, ADefaultOffTheGridIsOneMore) {
    const auto s = sampler({{with_default(real("x", 0, 9), 0.5)}}, "grid");
    EXPECT_EQ(s->limit(), 11);
    EXPECT_EQ(s->ask(10).value().params.at("x"), Scalar{9.0});
    EXPECT_FALSE(s->ask(11));
}

}  // namespace
}  // namespace tw
