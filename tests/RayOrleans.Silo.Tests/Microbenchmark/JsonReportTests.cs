using System.Text.Json;
using RayOrleans.Silo.Microbenchmark;
using RayOrleans.Silo.Microbenchmark.Measuring;
using RayOrleans.Silo.Microbenchmark.Reports;

namespace RayOrleans.Silo.Tests.Microbenchmark;

public sealed class JsonReportTests
{
    [Fact]
    public void Write_Result_HasEveryMember()
    {
        LimitFigures best = new("fast way", new Summary(20, 19, 21));
        LimitFigures other = new("slow way", new Summary(5, 4, 6));
        using MemoryStream stream = new();

        JsonReport.Write(stream, [new LineResult("line", "things/s", new Summary(10, 9, 11), best, 0.5, [other, best])]);

        using JsonDocument json = JsonDocument.Parse(stream.ToArray());
        JsonElement line = Assert.Single(json.RootElement.EnumerateArray());
        Assert.Equal(
            ["name", "unit", "median", "min", "max", "limit", "limitName", "ratio", "limits"],
            line.EnumerateObject().Select(member => member.Name));
        Assert.Equal("line", line.GetProperty("name").GetString());
        Assert.Equal("things/s", line.GetProperty("unit").GetString());
        Assert.Equal(10, line.GetProperty("median").GetDouble());
        Assert.Equal(9, line.GetProperty("min").GetDouble());
        Assert.Equal(11, line.GetProperty("max").GetDouble());
        Assert.Equal(20, line.GetProperty("limit").GetDouble());
        Assert.Equal("fast way", line.GetProperty("limitName").GetString());
        Assert.Equal(0.5, line.GetProperty("ratio").GetDouble());
        Assert.Equal(5, line.GetProperty("limits").GetProperty("slow way").GetDouble());
    }

    [Fact]
    public void Write_ResultWithStores_HasThem()
    {
        LimitFigures best = new("way", new Summary(20, 19, 21));
        ObjectStoreInfo store = new() { Objects = 3, PrimaryBytes = 4_000_000, FreeBytes = 8, LargestFreeBytes = 6, Spills = 2, SpilledBytesTotal = 5_000_000, SpillBytesPerSecond = 1e9 };
        LineResult result = new("line", "things/s", new Summary(10, 9, 11), best, 0.5, [best]) { Stores = [new NodeInfo { ObjectStore = store }] };
        using MemoryStream stream = new();

        JsonReport.Write(stream, [result]);

        using JsonDocument json = JsonDocument.Parse(stream.ToArray());
        JsonElement written = Assert.Single(json.RootElement[0].GetProperty("stores").EnumerateArray());
        Assert.Equal((3, 4_000_000, 0.25), (written.GetProperty("objects").GetInt64(), written.GetProperty("primaryBytes").GetInt64(), written.GetProperty("fragmentation").GetDouble()));
        using StringWriter text = new();
        new ConsoleTable(text).WriteLine(result);
        Assert.EndsWith(
            "  store: 3 objects, primary 4.0 MB, secondary 0.0 MB, pinned 0.0 MB, spilled 0.0 MB, fallback 0.0 MB, free 0.0 MB, fragmentation 25 %, "
            + "2 spills of 5.0 MB at 1,000.0 MB/s per thread, 0 restores, 0 evictions",
            text.ToString().TrimEnd(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Write_NoResult_IsAnEmptyArray()
    {
        using MemoryStream stream = new();

        JsonReport.Write(stream, []);

        using JsonDocument json = JsonDocument.Parse(stream.ToArray());
        Assert.Empty(json.RootElement.EnumerateArray());
    }
}
