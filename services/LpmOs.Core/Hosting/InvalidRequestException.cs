namespace LpmOs.Core.Hosting;

/// <summary>A request that cannot be accepted as it is: answered with 400 and every invalid field.</summary>
public sealed class InvalidRequestException(IReadOnlyDictionary<string, string[]> errors) : Exception("The request has invalid fields.")
{
    public InvalidRequestException(string field, string reason)
        : this(new Dictionary<string, string[]> { [field] = [reason] })
    {
    }

    /// <summary>Field name to what is wrong with it and what is allowed.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; } = errors;
}
