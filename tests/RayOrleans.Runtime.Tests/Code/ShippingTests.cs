using System.Runtime.CompilerServices;
using RayOrleans.Runtime.Code;
using RayOrleans.Runtime.Wire;

namespace RayOrleans.Runtime.Tests.Code;

public sealed class ShippingTests
{
    private static readonly JobId Job = new(1);

    [Fact]
    public async Task Function_OfEveryKind_RunsWhereTheProgramIsNot()
    {
        await using CodeCluster cluster = await CodeCluster.StartAsync();
        using ShippedProgram program = new(cluster.Ray);
        await program.Local.PublishAsync(cluster.Source, default);
        foreach (string kind in ShippedProgram.Kinds)
        {
            byte[] call = program.Encode(kind);
            LoadedCode code = await cluster.Code.AcquireAsync(CallCodec.PackageOf(call), Job, default);
            Assert.NotNull(code.Context);
            Invocation copy = code.Calls.Decode(call, null);
            Assert.NotSame(program.Assembly, copy.Function.Method.Module.Assembly);
            byte[] result = new TestFrame(code.Serializer).RunToBytes(copy);
            Assert.Equal(program.RunHere(kind), program.Read(program.Call(kind).ResultType, result));
        }
    }

    [Fact]
    public async Task Function_InASecondProcess_GivesTheSame()
    {
        await using CodeCluster cluster = await CodeCluster.StartAsync();
        using ShippedProgram program = new(cluster.Ray);
        await program.Local.PublishAsync(cluster.Source, default);
        foreach (string kind in (string[])["captures", "private type", "async"])
        {
            byte[] result = OtherProcess.Run(cluster.Folder, cluster.Blobs, program.Encode(kind));
            Assert.Equal(program.RunHere(kind), program.Read(program.Call(kind).ResultType, result));
        }
    }

    [Fact]
    public async Task Exception_OfTheProgramsOwn_ComesBackToTheDriver()
    {
        await using CodeCluster cluster = await CodeCluster.StartAsync();
        using ShippedProgram program = new(cluster.Ray);
        await program.Local.PublishAsync(cluster.Source, default);
        LoadedCode code = await cluster.Code.AcquireAsync(program.Package, Job, default);
        Exception thrown = Assert.ThrowsAny<Exception>(() => new TestFrame(code.Serializer).Run(code.Calls.Decode(program.Encode("throws"), null)));
        PackedCause cause = PackedCause.Of(thrown, code.Serializer);
        Exception here = cause.Unpack(program.Serializer);
        Assert.Equal("Trouble 5", here.ToString());
        Assert.Same(program.Assembly, here.GetType().Assembly);
        var elsewhere = Assert.IsType<RemoteException>(cause.Unpack(cluster.Ray.Services().Serializer));
        Assert.Equal("Plugin.Entry+Trouble", elsewhere.OriginalTypeName);
        Assert.Equal("trouble", elsewhere.Message);
    }

    [Fact]
    public async Task TwoVersions_OfOneAssembly_RunSideBySide()
    {
        await using CodeCluster cluster = await CodeCluster.StartAsync();
        using ShippedProgram first = new(cluster.Ray, "1.0");
        using ShippedProgram second = new(cluster.Ray, "2.0");
        await first.Local.PublishAsync(cluster.Source, default);
        await second.Local.PublishAsync(cluster.Source, default);
        Assert.NotEqual(first.Package, second.Package);
        LoadedCode one = await cluster.Code.AcquireAsync(first.Package, Job, default);
        LoadedCode two = await cluster.Code.AcquireAsync(second.Package, Job, default);
        Assert.Equal("lib 1.0", new TestFrame(one.Serializer).Run(one.Calls.Decode(first.Encode("dependency"), null)));
        Assert.Equal("lib 2.0", new TestFrame(two.Serializer).Run(two.Calls.Decode(second.Encode("dependency"), null)));
        Assert.Equal(1, new TestFrame(one.Serializer).Run(one.Calls.Decode(first.Encode("counts"), null)));
        Assert.Equal(1, new TestFrame(two.Serializer).Run(two.Calls.Decode(second.Encode("counts"), null)));
        Assert.Throws<RaySerializationException>(() => cluster.Code.Find(ContentHash.None)!.Calls.Decode(first.Encode("static"), null));
    }

    [Fact]
    public async Task SamePackage_OfSeveralJobs_IsLoadedOnceAndKeptForTheLast()
    {
        await using CodeCluster cluster = await CodeCluster.StartAsync();
        using ShippedProgram program = new(cluster.Ray);
        await program.Local.PublishAsync(cluster.Source, default);
        LoadedCode[] all = await Task.WhenAll(Enumerable.Range(1, 8).Select(i => cluster.Code.AcquireAsync(program.Package, new JobId((ulong)i), default).AsTask()));
        Assert.All(all, code => Assert.Same(all[0], code));
        Assert.Equal(1 + program.Local.Package.Files.Count, cluster.Source.Fetches);
        for (ulong job = 1; job < 8; job++)
        {
            await cluster.Code.EndJobAsync(new JobId(job));
        }

        Assert.Same(all[0], cluster.Code.Find(program.Package));
        Assert.NotEmpty(cluster.CachedFolders);
        await cluster.Code.EndJobAsync(new JobId(8));
        Assert.Null(cluster.Code.Find(program.Package));
        Assert.Empty(cluster.CachedFolders);
        await cluster.Code.EndJobAsync(new JobId(8));
    }

    [Fact]
    public async Task Code_OfAnEndedJob_IsUnloaded()
    {
        await using CodeCluster cluster = await CodeCluster.StartAsync();
        using ShippedProgram program = new(cluster.Ray);
        await program.Local.PublishAsync(cluster.Source, default);
        WeakReference context = await UseAsync(cluster, program);

        // The runtime itself holds a context while it compiles a method of it anew in the background.
        await Patience.OnThread(
            () => Patience.Until(
                () =>
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                    return !context.IsAlive;
                },
                "the load context to be collected after its job has ended"),
            "the end of the load context");
    }

    [Fact]
    public async Task Code_ThatIsMissingOrDamaged_IsAnErrorUntilItIsThere()
    {
        await using CodeCluster cluster = await CodeCluster.StartAsync();
        using ShippedProgram program = new(cluster.Ray);
        await Assert.ThrowsAsync<RayException>(() => cluster.Code.AcquireAsync(program.Package, Job, default).AsTask());
        await program.Local.PublishAsync(cluster.Source, default);
        ContentHash file = program.Local.Package.Files[0].Hash;
        cluster.Source.Spoil(file);
        Assert.Contains("damaged", (await Assert.ThrowsAsync<RayException>(() => cluster.Code.AcquireAsync(program.Package, Job, default).AsTask())).Message, StringComparison.Ordinal);
        cluster.Source.Remove(file);
        Assert.Contains("function table", (await Assert.ThrowsAsync<RayException>(() => cluster.Code.AcquireAsync(program.Package, Job, default).AsTask())).Message, StringComparison.Ordinal);
        Assert.Empty(cluster.CachedFolders);
        await program.Local.PublishAsync(cluster.Source, default);
        Assert.NotNull((await cluster.Code.AcquireAsync(program.Package, Job, default)).Context);
    }

    [Fact]
    public async Task NativeLibrary_OfTheProgram_IsLoadedFromItsFile()
    {
        if (!File.Exists(ShippedProgram.NativeLibrary))
        {
            return;
        }

        await using CodeCluster cluster = await CodeCluster.StartAsync();
        using ShippedProgram program = new(cluster.Ray, withNative: true);
        await program.Local.PublishAsync(cluster.Source, default);
        LoadedCode code = await cluster.Code.AcquireAsync(program.Package, Job, default);
        Assert.Equal(1.0, new TestFrame(code.Serializer).Run(code.Calls.Decode(program.Encode("native"), null)));
        await cluster.Code.EndJobAsync(Job);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> UseAsync(CodeCluster cluster, ShippedProgram program)
    {
        // On a stack of its own, so that nothing of it stays behind in the test's frame.
        WeakReference context = await Task.Run(async () =>
        {
            LoadedCode code = await cluster.Code.AcquireAsync(program.Package, Job, default);
            foreach (string kind in ShippedProgram.Kinds)
            {
                byte[] call = program.Encode(kind);
                Invocation copy = code.Calls.Decode(call, null);
                new TestFrame(code.Serializer).Run(copy);
                Assert.Equal(call, code.Calls.Encode(copy, 0, program.Package));
                Assert.Equal(program.Package, cluster.Code.PackageOf(copy.Function, default));
            }

            Exception thrown = Assert.ThrowsAny<Exception>(() => new TestFrame(code.Serializer).Run(code.Calls.Decode(program.Encode("throws"), null)));
            Assert.NotNull(PackedCause.Of(thrown, code.Serializer).Unpack(code.Serializer));
            return new WeakReference(code.Context);
        });
        await cluster.Code.EndJobAsync(Job);
        return context;
    }
}
