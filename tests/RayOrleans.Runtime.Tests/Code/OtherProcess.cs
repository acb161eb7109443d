using System.Diagnostics;
using RayOrleans.Runtime.Code;
using RayOrleans.Runtime.Wire;

namespace RayOrleans.Runtime.Tests.Code;

/// <summary>This test program as another process: a node that runs one call of a program that it was not built with.</summary>
internal static class OtherProcess
{
    /// <summary>What runs this test program.</summary>
    public static string Host { get; } = Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet";

    /// <summary>Where the second process starts.</summary>
    public static async Task<int> Main(string[] arguments)
    {
        if (RayWorker.TryRun(arguments, out int exitCode))
        {
            return exitCode;
        }

        if (arguments is not [var blobs, var cache, var call, var result])
        {
            Console.Error.WriteLine("This is a test program: dotnet test.");
            return 2;
        }

        await using IRay ray = await Nodes.StartAsync();
        NodeCode code = new(ray.Services(), new FolderSource(blobs), new CodeCache(cache));
        byte[] bytes = await File.ReadAllBytesAsync(call);
        LoadedCode loaded = await code.AcquireAsync(CallCodec.PackageOf(bytes), new JobId(1), CancellationToken.None);
        await File.WriteAllBytesAsync(result, new TestFrame(loaded.Serializer).RunToBytes(loaded.Calls.Decode(bytes, null)));
        await code.EndJobAsync(new JobId(1));
        return 0;
    }

    /// <summary>Runs a call in a second process and gives its result as it travels.</summary>
    public static byte[] Run(TemporaryFolder folder, string blobs, byte[] call)
    {
        File.WriteAllBytes(folder.File("call"), call);
        string program = typeof(OtherProcess).Assembly.Location;
        ProcessStartInfo start = new(Host)
        {
            ArgumentList = { "exec", program, blobs, folder.Sub("other-cache"), folder.File("call"), folder.File("result") },
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        string errors = process.StandardError.ReadToEnd();
        Assert.True(process.WaitForExit(Patience.Limit), "the second process had ended");
        Assert.True(process.ExitCode == 0, errors);
        return File.ReadAllBytes(folder.File("result"));
    }
}
