// Readers get every beginning, and many damaged copies, of documents that are in order.
#include <glob.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <random>

#include "records/documents.hpp"
#include "records/event_name.hpp"

namespace tw {
namespace {

std::vector<std::string> examples(const std::string& kind) {
    std::vector<std::string> texts;
    glob_t found{};
    glob((SOURCE_DIR "/protocol/examples/valid/" + kind + "/*.json").c_str(), 0, nullptr, &found);
    for (std::size_t i = 0; i < found.gl_pathc; ++i) {
        std::ifstream file(found.gl_pathv[i], std::ios::binary);
        texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    globfree(&found);
    EXPECT_FALSE(texts.empty()) << kind;
    return texts;
}

using Reader = void (*)(const std::string& text);

const std::map<std::string, Reader> readers = {
    {"experiment", [](const std::string& text) { (void)read_experiment(text, "f"); }},
    {"config", [](const std::string& text) { (void)read_config(text, "f"); }},
    {"result", [](const std::string& text) { (void)read_result(text, "f"); }},
    {"outcome", [](const std::string& text) { (void)read_outcome(text, "f"); }},
    {"metrics-line", [](const std::string& text) { (void)read_metrics(text); }},
    {"request", [](const std::string& text) { (void)read_request(text); }},
    {"identity", [](const std::string& text) { (void)read_identity(text, "f"); }},
};

void read_as_everything(const std::string& text) {
    for (const auto& [kind, read] : readers) read(text);
    (void)parse_event_name(text);
    (void)parse_claim(text);
}

TEST(Hostile, BeginningsAreNotYet) {
    for (const char* kind : {"result", "config"})
        for (const std::string& text : examples(kind))
            for (std::size_t size = 0; size <= text.rfind('}'); ++size) {
                const auto result = read_result(text.substr(0, size), "f");
                ASSERT_FALSE(result) << text.substr(0, size);
                ASSERT_EQ(result.error().code, Code::not_yet)
                    << text.substr(0, size) << ": " << result.error().text();
            }
}

TEST(Hostile, BeginningsOfAnythingAreHarmless) {
    for (const auto& [kind, read] : readers)
        for (const std::string& text : examples(kind))
            for (std::size_t size = 0; size < text.size(); ++size) read(text.substr(0, size));
}

TEST(Hostile, DamageIsHarmless) {
    std::mt19937 random(1);
    for (const auto& [kind, read] : readers)
        for (const std::string& text : examples(kind))
            for (int round = 0; !text.empty() && round < 20; ++round) {
                std::string damaged = text;
                for (int i = 0; i <= round % 3; ++i)
                    damaged.at(random() % damaged.size()) = static_cast<char>(random());
                read(damaged);
                damaged.erase(random() % damaged.size(), random() % 8);
                read(damaged);
            }
}

TEST(Hostile, BombsAreHarmless) {
    for (const char* unit :
         {"[", "{\"a\":", "[[", "/*", "//", "\"", "\\", "-", "{\"space\":{", "\xEF\xBB\xBF"}) {
        std::string text;
        while (text.size() < 60000) text += unit;
        read_as_everything(text);
        read_as_everything("{\"format\":1,\"space\":" + text);
    }
}

}  // namespace
}  // namespace tw
