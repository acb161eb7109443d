using Microsoft.Extensions.Options;

namespace RayOrleans;

/// <summary>Checks the options when the host starts.</summary>
internal sealed class RayOptionsValidator : IValidateOptions<RayOptions>
{
    public ValidateOptionsResult Validate(string? name, RayOptions options)
    {
        try
        {
            options.Validate();
            return ValidateOptionsResult.Success;
        }
        catch (ArgumentException e)
        {
            return ValidateOptionsResult.Fail($"{nameof(RayOptions)}: {e.Message}");
        }
    }
}
