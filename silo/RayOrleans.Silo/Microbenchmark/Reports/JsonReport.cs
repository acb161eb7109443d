using System.Text.Json;

namespace RayOrleans.Silo.Microbenchmark.Reports;

/// <summary>Writes results as a JSON array.</summary>
internal static class JsonReport
{
    /// <summary>Writes a file; an existing one is replaced.</summary>
    public static void Write(FileInfo file, IReadOnlyList<LineResult> results)
    {
        using FileStream stream = file.Create();
        Write(stream, results);
    }

    /// <summary>Writes to a stream.</summary>
    public static void Write(Stream stream, IReadOnlyList<LineResult> results)
    {
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartArray();
        foreach (LineResult result in results)
        {
            Write(json, result);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, LineResult result)
    {
        json.WriteStartObject();
        json.WriteString("name", result.Name);
        json.WriteString("unit", result.Unit);
        json.WriteNumber("median", result.Figures.Median);
        json.WriteNumber("min", result.Figures.Min);
        json.WriteNumber("max", result.Figures.Max);
        json.WriteNumber("limit", result.Limit.Figures.Median);
        json.WriteString("limitName", result.Limit.Name);
        json.WriteNumber("ratio", result.Ratio);
        json.WriteStartObject("limits");
        foreach (LimitFigures variant in result.Variants)
        {
            json.WriteNumber(variant.Name, variant.Figures.Median);
        }

        json.WriteEndObject();
        if (result.Stores.Count > 0)
        {
            json.WriteStartArray("stores");
            foreach (NodeInfo node in result.Stores)
            {
                Write(json, node);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, NodeInfo node)
    {
        ObjectStoreInfo store = node.ObjectStore!;
        json.WriteStartObject();
        json.WriteString("node", node.NodeId.ToString());
        json.WriteNumber("objects", store.Objects);
        json.WriteNumber("primaryBytes", store.PrimaryBytes);
        json.WriteNumber("secondaryBytes", store.SecondaryBytes);
        json.WriteNumber("pinnedBytes", store.PinnedBytes);
        json.WriteNumber("spilledBytes", store.SpilledBytes);
        json.WriteNumber("fallbackBytes", store.FallbackBytes);
        json.WriteNumber("freeBytes", store.FreeBytes);
        json.WriteNumber("fragmentation", store.Fragmentation);
        json.WriteNumber("spills", store.Spills);
        json.WriteNumber("spillBytesPerSecond", store.SpillBytesPerSecond);
        json.WriteNumber("restores", store.Restores);
        json.WriteNumber("restoreBytesPerSecond", store.RestoreBytesPerSecond);
        json.WriteNumber("evictions", store.Evictions);
        json.WriteEndObject();
    }
}
