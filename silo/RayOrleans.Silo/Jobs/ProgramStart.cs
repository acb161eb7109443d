namespace RayOrleans.Silo.Jobs;

/// <summary>What the process that watches a program is told: one line of JSON on its standard input.</summary>
/// <param name="FileName">What is run.</param>
/// <param name="Arguments">With which arguments.</param>
/// <param name="Folder">In which folder.</param>
/// <param name="IdFile">Where the program's process id is written, so that it can be ended when its watcher was killed.</param>
internal sealed record ProgramStart(string FileName, IReadOnlyList<string> Arguments, string Folder, string IdFile);
