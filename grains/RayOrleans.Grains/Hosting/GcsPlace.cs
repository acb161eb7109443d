namespace RayOrleans.Grains;

/// <summary>A back end with all that it takes to open it.</summary>
/// <param name="BackEnd">Which one.</param>
/// <param name="ServiceId">Whose shards they are.</param>
/// <param name="ConnectionString">The database or storage account; null where there is none.</param>
/// <param name="AppliesSchema">Whether a schema may be brought up to date.</param>
internal sealed record GcsPlace(GcsBackEnd BackEnd, string ServiceId, string? ConnectionString, bool AppliesSchema);
