using RayOrleans.Core;
using RayOrleans.Runtime.Code;
using RayOrleans.Runtime.Files;
using RayOrleans.Runtime.Tests.Code;

namespace RayOrleans.Runtime.Tests.Files;

public sealed class EnvironmentTests
{
    [Fact]
    public void Environment_OfItsOwn_IsJoinedWithTheOneThatItIsIn()
    {
        ProcessEnvironment outer = ProcessEnvironment.Of(Variables(("A", "1"), ("B", "1")), "files")!;
        ProcessEnvironment inner = ProcessEnvironment.Of(Variables(("B", "2")), null)!;

        Assert.Equal(ProcessEnvironment.Of(Variables(("B", "2"), ("A", "1")), "files"), ProcessEnvironment.Join(outer, inner));
        Assert.NotEqual(outer, ProcessEnvironment.Join(outer, inner));
        Assert.Equal("others", ProcessEnvironment.Join(outer, ProcessEnvironment.Of(null, "others"))!.Files);
        Assert.Same(outer, ProcessEnvironment.Join(outer, null));
        Assert.Null(ProcessEnvironment.Of(Variables(), null));
    }

    [Fact]
    public async Task Calls_InheritTheirParentsEnvironment_UnlessTheyRunInTheSilo()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("a"), "1");
        LocalNode local = LocalNode.Start(new RayOptions { CpusPerNode = 1, ObjectStoreBytes = 1 << 20 });
        await using IRay ray = local.Driver;
        NodeServices node = local.Services;
        RuntimeEnv environment = new() { WorkingDirectory = folder.Path, EnvironmentVariables = Variables(("A", "1")) };
        ProcessEnvironment made = node.Environments.Of(environment)!;
        File.WriteAllText(folder.File("a"), "2");
        Inheritance inherited = new(Core.ProcessKind.Node, made);

        // Read once for one object, and there for whoever asks.
        Assert.Same(made, node.Environments.Of(environment));
        Assert.NotEqual(made, node.Environments.Of(environment with { WorkingDirectory = folder.Path }));
        Assert.True(ContentHash.TryParse(made.Files!, out ContentHash hash));
        Assert.NotNull(await node.Contents.FetchAsync(hash, CancellationToken.None));

        Assert.Equal((Core.ProcessKind.Job, made), Of(node.OptionsTable.ForTask(node, null, inherited)));
        Assert.Equal((Core.ProcessKind.Own, made), Of(node.OptionsTable.ForCreation(node, null, inherited)));
        Assert.Equal((Core.ProcessKind.Own, made), Of(node.OptionsTable.ForTask(node, new RemoteOptions { Isolation = Isolation.Process }, inherited)));
        Assert.Equal((Core.ProcessKind.Node, null), Of(node.OptionsTable.ForTask(node, new RemoteOptions { Isolation = Isolation.InSilo }, inherited)));
        TaskOptions own = node.OptionsTable.ForTask(node, new RemoteOptions { RuntimeEnv = new RuntimeEnv { EnvironmentVariables = Variables(("A", "2")) } }, inherited);
        Assert.Equal(ProcessEnvironment.Of(Variables(("A", "2")), made.Files), own.Environment);
    }

    [Fact]
    public async Task Job_WithAnEnvironment_IsRefusedWhereNoProcessCanBeStarted_AndWhereItsFilesAreMissing()
    {
        await Assert.ThrowsAsync<RuntimeEnvException>(() => Ray.InitAsync(o => o.RuntimeEnv = new RuntimeEnv { EnvironmentVariables = Variables(("A", "1")) }));
        await using IRay ray = await Nodes.StartAsync();
        RuntimeEnvException e = Assert.Throws<RuntimeEnvException>(() => ray.Options(isolation: Isolation.InSilo, runtimeEnv: new RuntimeEnv { WorkingDirectory = "." }).Remote(() => 1));
        Assert.Contains("InSilo", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_OfAProcessThatIsGone_IsRemovedByTheNext()
    {
        using TemporaryFolder root = new();
        string left = root.Sub("1-left");
        File.WriteAllText(Path.Combine(left, "lock"), "");
        File.WriteAllText(Path.Combine(left, "data"), "1");
        using ProcessFolder first = new(root.Path);
        Assert.False(Directory.Exists(left));

        using (ProcessFolder second = new(root.Path))
        {
            Assert.True(Directory.Exists(first.FullName));
            Assert.True(Directory.Exists(second.FullName));
        }

        Assert.Equal([first.FullName], Directory.EnumerateDirectories(root.Path));
    }

    private static (Core.ProcessKind Process, ProcessEnvironment? Environment) Of(TaskOptions options) => (options.Process, options.Environment);

    private static Dictionary<string, string> Variables(params (string Name, string Value)[] variables) => variables.ToDictionary(static v => v.Name, static v => v.Value);
}
