using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Gcs.Lineage;
using RayOrleans.Runtime.Cluster.Wire;
using RayOrleans.Runtime.Tests.Cluster.Wire;

namespace RayOrleans.Runtime.Tests.Cluster.Gcs;

public sealed class SpecFilesTests : IDisposable
{
    private const long SegmentBytes = 4_000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rayorleans-specs-");

    /// <summary>Against a model: what was stored is read, what was released goes, and files take no more than they may.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Specs_StoredAndReleasedAtRandom_AreReadBackWithinTheBound(int seed)
    {
        Random random = new(seed);
        MessageMaker maker = new((uint)seed);
        using SpecFiles files = new(_folder.FullName, SegmentBytes);
        List<(StoredSpec Stored, byte[] Bytes)> live = [];
        long longest = 0;
        for (int step = 0; step < 400; step++)
        {
            TaskSpec[] specs = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => maker.Spec())];
            live.AddRange(files.Store(specs).Zip(specs.Select(Encode)));
            longest = Math.Max(longest, specs.Sum(s => (long)Encode(s).Length));
            AssertWithinBound();

            // Now and then nearly everything goes, so that files must be emptied for the sake of a few.
            int keep = random.Next(10) == 0 ? 3 : 60;
            while (live.Count > keep)
            {
                int i = random.Next(live.Count);
                live[i].Stored.Release();
                live.RemoveAt(i);
            }

            (StoredSpec stored, byte[] bytes) = live[random.Next(live.Count)];
            Assert.Equal(bytes, Encode(stored.Read()));
        }

        Assert.All(live, l => Assert.Equal(l.Bytes, Encode(l.Stored.Read())));
        Assert.Equal(live.Sum(l => (long)l.Bytes.Length), files.LiveBytes);
        live.ForEach(l => l.Stored.Release());
        Assert.Equal(0, files.FileBytes);

        void AssertWithinBound() => Assert.InRange(files.FileBytes, files.LiveBytes, (2 * files.LiveBytes) + (2 * SegmentBytes) + longest);
    }

    [Fact]
    public void Files_HaveNoNames_SoNothingIsLeftByAProcessThatIsKilled()
    {
        using SpecFiles files = new(_folder.FullName, SegmentBytes);
        files.Store([new MessageMaker(1).Spec()]);

        Assert.True(files.FileBytes > 0);
        Assert.True(OperatingSystem.IsWindows() || !_folder.EnumerateFileSystemInfos().Any());
    }

    [Fact]
    public void Released_IsNotReadAgain()
    {
        using SpecFiles files = new(_folder.FullName, SegmentBytes);
        StoredSpec stored = files.Store([new MessageMaker(1).Spec()])[0];
        stored.Release();
        stored.Release();

        Assert.Throws<InvalidOperationException>(() => stored.Read());
        Assert.Equal(0, files.LiveBytes);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    internal static byte[] Encode(TaskSpec spec)
    {
        WireWriter w = WireWriter.Borrow();
        SpecWire.Write(w, OpaquePayloadWire.Instance, spec);
        return WireForm.Finish(w);
    }
}
