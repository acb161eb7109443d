using RayOrleans.Overloads;

// Usage: dotnet run --project infra/generate/overloads [folder]
// Without a folder it writes to the Generated folder of RayOrleans.Abstractions below the current directory.
string folder = args.Length > 0 ? args[0] : Path.Combine("src", "RayOrleans.Abstractions", "Generated");
if (!Directory.Exists(folder))
{
    Console.Error.WriteLine($"There is no folder {Path.GetFullPath(folder)}; run this at the root of the repository or name the folder.");
    return 1;
}

foreach (string stale in Directory.GetFiles(folder, "*.g.cs"))
{
    File.Delete(stale);
}

foreach ((string name, string text) in OverloadGenerator.Generate())
{
    File.WriteAllText(Path.Combine(folder, name), text);
}

return 0;
