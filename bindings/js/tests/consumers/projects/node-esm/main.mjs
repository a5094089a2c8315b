import "./common/program.mjs";
