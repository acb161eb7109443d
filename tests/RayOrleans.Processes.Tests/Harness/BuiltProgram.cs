using System.Diagnostics;
using System.Globalization;

namespace RayOrleans.Processes.Tests.Harness;

/// <summary>A program that is generated and built when the test runs, so that no silo can have it; a driver of the cluster.</summary>
internal abstract class BuiltProgram : IDisposable
{
    /// <summary>The framework that it is built for.</summary>
    protected static readonly string Framework = string.Create(CultureInfo.InvariantCulture, $"net{Environment.Version.Major}.0");

    private static readonly TimeSpan BuildPatience = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rayorleans-program-");
    private bool _isRestored;

    /// <summary>The assembly to start, in the program's folder.</summary>
    protected abstract string Output { get; }

    /// <summary>Its folder, as an absolute path.</summary>
    protected string Folder => _folder.FullName;

    /// <summary>Where its build is.</summary>
    public string Assembly => Path.Combine(_folder.FullName, Output);

    /// <summary>What a user gets by referencing the packages, as items of a project; the silo's executable is not among it.</summary>
    protected static string References { get; } = string.Concat(
        Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll")
            .Where(path => IsOfPackages(Path.GetFileName(path)))
            .Select(path => $"""    <Reference Include="{Path.GetFileNameWithoutExtension(path)}" HintPath="{path}" />{'\n'}"""));

    /// <summary>Writes one of its files.</summary>
    public void Write(string file, string text)
    {
        string path = Path.Combine(_folder.FullName, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>Builds it, again where its files have changed.</summary>
    public virtual async Task BuildAsync()
    {
        ProcessStartInfo start = new("dotnet")
        {
            // One build at a time, without servers that would outlive it, and nothing that is not needed to run.
            ArgumentList = { "build", "-c", "Release", "-v", "q", "--nologo", "-m:1", "-nodeReuse:false", "-p:UseSharedCompilation=false", "-p:RunAnalyzers=false" },
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (_isRestored)
        {
            start.ArgumentList.Add("--no-restore");
        }

        foreach (string ofTheTests in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(ofTheTests);
        }

        using Process build = Process.Start(start)!;
        Task<string> output = build.StandardOutput.ReadToEndAsync();
        Task<string> errors = build.StandardError.ReadToEndAsync();
        using CancellationTokenSource limit = new(BuildPatience);
        try
        {
            await build.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            build.Kill(entireProcessTree: true);
            throw new TimeoutException($"Waited {BuildPatience.TotalSeconds:0} s for the program's build.");
        }

        Assert.True(build.ExitCode == 0, $"The program cannot be built:\n{await output}{await errors}");
        _isRestored = true;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static bool IsOfPackages(string file) =>
        (file.StartsWith("RayOrleans", StringComparison.Ordinal) && !file.StartsWith("RayOrleans.Silo", StringComparison.Ordinal) && !file.StartsWith("RayOrleans.Processes", StringComparison.Ordinal))
        || file.StartsWith("Orleans.", StringComparison.Ordinal)
        || (file.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal) && !file.Contains("Testing", StringComparison.Ordinal))
        || file.StartsWith("Apache.", StringComparison.Ordinal)
        || file is "System.IO.Hashing.dll" or "System.Memory.Data.dll" or "System.Numerics.Tensors.dll" or "System.Diagnostics.EventLog.dll" or "Newtonsoft.Json.dll"
            or "Microsoft.AspNetCore.Connections.Abstractions.dll";
}
