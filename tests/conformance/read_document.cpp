// read_document KIND FILE...: reads each FILE with the toolkit's own reader. Prints what is wrong with
// it, after "FILE<tab>"; exit status 0 when all are in order, 2 when one is not, 1 for wrong use.
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "records/documents.hpp"
#include "records/experiment.hpp"
#include "records/goal.hpp"
#include "records/owner.hpp"
#include "records/agent_files.hpp"
#include "records/stopped.hpp"

namespace {

using Errors = std::vector<tw::Error>;
using Reader = std::function<Errors(const std::string& text, const std::string& file)>;

template <class T>
Reader single(tw::Result<T> (*read)(const std::string&, const std::string&)) {
    return [read](const std::string& text, const std::string& file) {
        const auto document = read(text, file);
        return document ? Errors{} : Errors{document.error()};
    };
}

Errors experiment(const std::string& text, const std::string& file) {
    const auto document = tw::read_experiment(text, file);
    return document ? Errors{} : document.error();
}

Errors metrics(const std::string& text, const std::string& file) {
    const tw::MetricLines read = tw::read_metrics(text);
    if (read.skipped == 0 && !read.lines.empty() && read.consumed == text.size()) return {};
    return {{tw::Code::invalid, "a line is no metric", file}};
}

const std::map<std::string, Reader> readers = {
    {"experiment", experiment},
    {"config", single(tw::read_config)},
    {"result", single(tw::read_result)},
    {"outcome", single(tw::read_outcome)},
    {"metrics-line", metrics},
    {"request", single(tw::parse_request)},
    {"identity", single(tw::read_identity)},
    {"goal", single(tw::read_goal)},
    {"stopped", single(tw::read_stopped)},
    {"agent", single(tw::read_agent_card)},
    {"agent-job", single(tw::read_agent_job)},
    {"owner", single(tw::read_owner)},
};

}  // namespace

int main(int argc, char** argv) {
    const auto reader = argc > 2 ? readers.find(argv[1]) : readers.end();
    if (reader == readers.end()) {
        std::cerr << "usage: read_document KIND FILE...\n";
        return 1;
    }
    int status = 0;
    for (int i = 2; i < argc; ++i) {
        std::ifstream file(argv[i], std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
        for (const tw::Error& error : reader->second(text, argv[i])) {
            std::cout << argv[i] << '\t' << error.text() << '\n';
            status = 2;
        }
    }
    return status;
}
