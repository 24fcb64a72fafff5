"""Another project finds the installed package and draws proposals with it."""
import os
import subprocess
import tempfile
import unittest

BUILD = os.path.dirname(os.environ["TRIALWATCH_BIN"])

LISTS = """cmake_minimum_required(VERSION 3.25)
project(user CXX)
set(CMAKE_CXX_STANDARD 20)
find_package(trialwatch REQUIRED)
add_executable(user user.cpp)
target_link_libraries(user trialwatch::optimize trialwatch::records)
"""

SOURCE = """#include <cstdio>
#include "optimize/make_sampler.hpp"
int main() {
    tw::Space space;
    tw::Parameter x;
    x.name = "x";
    x.type = tw::ParameterType::real;
    x.high = 1;
    space.parameters.push_back(x);
    auto sampler = tw::make_sampler(space, {}, {{"cost"}});
    auto params = (*sampler)->ask(3)->params;
    std::puts(tw::to_text(params.at("x")).c_str());
    return params.count("x") == 1 ? 0 : 1;
}
"""


class Installed(unittest.TestCase):
    def sh(self, *command):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def test_the_package_is_found_and_works(self):
        with tempfile.TemporaryDirectory() as home:
            prefix = os.path.join(home, "prefix")
            self.sh("cmake", "--install", BUILD, "--prefix", prefix)
            for name, text in (("CMakeLists.txt", LISTS), ("user.cpp", SOURCE)):
                with open(os.path.join(home, name), "w") as file:
                    file.write(text)
            sanitizers = os.environ.get("TRIALWATCH_SANITIZE")
            flags = f"-fsanitize={sanitizers}" if sanitizers else ""  # all of a program is built with them, or none
            self.sh("cmake", "-S", home, "-B", home + "/build", "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={prefix}",
                    f"-DCMAKE_CXX_FLAGS={flags}")
            self.sh("cmake", "--build", home + "/build")
            self.assertIn("0.", self.sh(home + "/build/user"))
            made = os.path.join(home, "made")
            self.sh(prefix + "/bin/trialctl", "init", made, "--template", "minimal")
            self.assertTrue(os.access(os.path.join(made, "train.sh"), os.X_OK))


if __name__ == "__main__":
    unittest.main()
